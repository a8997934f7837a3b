variable "admin_group" {
  description = "Group whose users may assume AdminAccess and DeveloperAccess."
  type        = string
  default     = "Admins"
}

variable "developer_group" {
  description = "Group whose users may assume DeveloperAccess."
  type        = string
  default     = "Developers"
}

variable "admin_mfa_seconds" {
  description = "How old the MFA code may be for AdminAccess."
  type        = number
  default     = 3600
}

variable "developer_mfa_seconds" {
  description = "How old the MFA code may be for DeveloperAccess."
  type        = number
  default     = 14400
}

variable "developer_policy_arns" {
  description = "Managed policies of DeveloperAccess; null: PowerUserAccess and IAMReadOnlyAccess."
  type        = list(string)
  default     = null
}

variable "max_session_seconds" {
  description = "How long one session of a role lasts at most, and so how long it may outlive a user or a grant."
  type        = number
  default     = 3600

  validation {
    condition     = var.max_session_seconds >= 3600 && var.max_session_seconds <= 43200
    error_message = "AWS allows 3600 to 43200 seconds."
  }
}

variable "minimum_password_length" {
  description = "Characters of a password."
  type        = number
  default     = 16
}

variable "max_password_age" {
  description = "Days until a password expires; 0: never."
  type        = number
  default     = 0
}

variable "one_letter_users" {
  description = "Whether there are users whose name has one letter: their session names are padded."
  type        = bool
  default     = false
}

variable "tags" {
  description = "Tags of the roles and policies."
  type        = map(string)
  default     = {}
}
