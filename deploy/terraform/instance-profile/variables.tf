variable "name" {
  description = "Name of the role and of the instance profile."
  type        = string
}

variable "path" {
  description = "Path of both."
  type        = string
  default     = "/"
}

variable "policy_arns" {
  description = "Managed policies of the role: a key of your own for each ARN."
  type        = map(string)
  default     = {}
}

variable "policies" {
  description = "Inline policies of the role by name: JSON documents."
  type        = map(string)
  default     = {}
}

variable "tags" {
  description = "Tags of the role and of the instance profile."
  type        = map(string)
  default     = {}
}
