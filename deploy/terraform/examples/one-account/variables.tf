variable "region" {
  description = "Region of the network, and of awst's calls."
  type        = string
  default     = "eu-west-1"
}

variable "users" {
  description = "Users by name, as the module `users` takes them."
  type = map(object({
    email  = string
    groups = optional(set(string), ["Developers"])
    tags   = optional(map(string), {})
  }))
  default = {
    alice = { email = "alice@example.com", groups = ["Admins"] }
    bob   = { email = "bob@example.com" }
  }
}

variable "secrets_folder" {
  description = "Folder on this machine for first passwords."
  type        = string
  default     = "secrets"
}
