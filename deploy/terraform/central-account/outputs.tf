output "account_id" {
  description = "For member accounts, and for awst."
  value       = local.account_id
}

output "role_arns" {
  description = "ARNs of the roles by name."
  value       = { for name, role in aws_iam_role.this : name => role.arn }
}

output "admin_group" {
  description = "Group whose users may assume AdminAccess and DeveloperAccess."
  value       = aws_iam_group.admins.name
}

output "developer_group" {
  description = "Group whose users may assume DeveloperAccess."
  value       = aws_iam_group.developers.name
}
