variable "users" {
  description = "Users by name."
  type = map(object({
    email    = string
    groups   = optional(set(string), [])
    tags     = optional(map(string), {})
    path     = optional(string, "/")
    boundary = optional(string)
  }))

  validation {
    condition     = alltrue([for name in keys(var.users) : can(regex("^[A-Za-z0-9+=,.@_-]{1,64}$", name))])
    error_message = "A user name has 1 to 64 letters, digits or any of +=,.@_-"
  }

  validation {
    condition     = length(distinct([for name in keys(var.users) : lower(name)])) == length(var.users)
    error_message = "AWS compares user names without case: two of these are the same user."
  }
}

variable "secrets_folder" {
  description = "Folder on this machine for first passwords: one file for each user, with mode 0600."
  type        = string
  default     = "secrets"
}

variable "tags" {
  description = "Tags of every user."
  type        = map(string)
  default     = {}
}
