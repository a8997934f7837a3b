# The account that users sign in to: two groups, two roles behind MFA, a policy with which users manage their own
# keys and MFA devices, and the rules for passwords.

data "aws_caller_identity" "this" {}
data "aws_partition" "this" {}

locals {
  account_id = data.aws_caller_identity.this.account_id
  arn        = "arn:${data.aws_partition.this.partition}:iam::${local.account_id}"
  aws_policy = "arn:${data.aws_partition.this.partition}:iam::aws:policy"

  # awst pads a session name of one letter, since AWS wants two.
  session_name = var.one_letter_users ? "$${aws:username}*" : "$${aws:username}"

  roles = {
    AdminAccess = {
      description = "Everything, behind a fresh MFA code"
      mfa_seconds = var.admin_mfa_seconds
      policy_arns = ["${local.aws_policy}/AdministratorAccess"]
    }
    DeveloperAccess = {
      description = "Daily work, behind MFA"
      mfa_seconds = var.developer_mfa_seconds
      policy_arns = coalesce(var.developer_policy_arns, [
        "${local.aws_policy}/PowerUserAccess",
        "${local.aws_policy}/IAMReadOnlyAccess",
      ])
    }
  }

  attachments = merge([
    for role, each in local.roles : {
      for at, arn in each.policy_arns : "${role}/${at}" => { role = role, arn = arn }
    }
  ]...)
}

data "aws_iam_policy_document" "trust" {
  for_each = local.roles

  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "AWS"
      identifiers = ["${local.arn}:root"]
    }

    condition {
      test     = "Bool"
      variable = "aws:MultiFactorAuthPresent"
      values   = ["true"]
    }

    condition {
      test     = "NumericLessThan"
      variable = "aws:MultiFactorAuthAge"
      values   = [each.value.mfa_seconds]
    }

    # A user can't choose the name of a session, so that the sessions of one user can be ended.
    condition {
      test     = "StringLike"
      variable = "sts:RoleSessionName"
      values   = [local.session_name]
    }
  }
}

resource "aws_iam_role" "this" {
  for_each = local.roles

  name                 = each.key
  description          = each.value.description
  assume_role_policy   = data.aws_iam_policy_document.trust[each.key].json
  max_session_duration = var.max_session_seconds
  tags                 = var.tags
}

resource "aws_iam_role_policy_attachment" "this" {
  for_each = local.attachments

  role       = aws_iam_role.this[each.value.role].name
  policy_arn = each.value.arn
}

resource "aws_iam_group" "admins" {
  name = var.admin_group
}

resource "aws_iam_group" "developers" {
  name = var.developer_group
}

data "aws_iam_policy_document" "assume" {
  for_each = local.roles

  statement {
    actions   = ["sts:AssumeRole"]
    resources = [aws_iam_role.this[each.key].arn]
  }
}

resource "aws_iam_group_policy" "admin_access" {
  name   = "AdminAccess"
  group  = aws_iam_group.admins.name
  policy = data.aws_iam_policy_document.assume["AdminAccess"].json
}

resource "aws_iam_group_policy" "developer_access" {
  for_each = toset([aws_iam_group.admins.name, aws_iam_group.developers.name])

  name   = "DeveloperAccess"
  group  = each.key
  policy = data.aws_iam_policy_document.assume["DeveloperAccess"].json
}

resource "aws_iam_policy" "self_service" {
  name        = "SelfService"
  description = "Users manage their own password, access keys and MFA devices"
  policy      = data.aws_iam_policy_document.self_service.json
  tags        = var.tags
}

resource "aws_iam_group_policy_attachment" "self_service" {
  for_each = toset([aws_iam_group.admins.name, aws_iam_group.developers.name])

  group      = each.key
  policy_arn = aws_iam_policy.self_service.arn
}

resource "aws_iam_account_password_policy" "this" {
  minimum_password_length        = var.minimum_password_length
  require_lowercase_characters   = true
  require_uppercase_characters   = true
  require_numbers                = true
  require_symbols                = true
  allow_users_to_change_password = true
  max_password_age               = var.max_password_age
  password_reuse_prevention      = 5
}
