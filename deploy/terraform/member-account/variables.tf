variable "central_account_id" {
  description = "Account of the users."
  type        = string

  validation {
    condition     = can(regex("^[0-9]{12}$", var.central_account_id))
    error_message = "An account id has 12 digits."
  }
}

variable "roles" {
  description = "Roles by name: their managed policies, how old the MFA code may be, how long a session lasts at most."
  type = map(object({
    policy_arns         = list(string)
    mfa_seconds         = optional(number, 3600)
    max_session_seconds = optional(number, 3600)
  }))
}

variable "external_id" {
  description = "ExternalId that AssumeRole must send; null: none."
  type        = string
  default     = null
}

variable "one_letter_users" {
  description = "Whether there are users whose name has one letter: their session names are padded."
  type        = bool
  default     = false
}

variable "tags" {
  description = "Tags of the roles."
  type        = map(string)
  default     = {}
}
