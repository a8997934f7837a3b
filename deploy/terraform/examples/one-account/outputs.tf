output "awst_init" {
  description = "The line that makes awst's configuration for this account."
  value       = "awst init --account main-account=${module.account.account_id} --role DeveloperAccess=4h --role AdminAccess=1h --region ${var.region}"
}

output "role_arns" {
  description = "Roles that users may assume."
  value       = module.account.role_arns
}

output "instance_profile" {
  description = "For aws_instance."
  value       = module.server.instance_profile
}
