output "user_arns" {
  description = "ARNs of the users by name."
  value       = { for name, user in aws_iam_user.this : name => user.arn }
}
