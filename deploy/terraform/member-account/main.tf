# Roles of a member account that users of the central account may assume. The users' own policies in the central account
# must allow it too: a group's policy, or a grant of `awst admin grant`.

data "aws_partition" "this" {}

locals {
  central = "arn:${data.aws_partition.this.partition}:iam::${var.central_account_id}:root"

  # awst pads a session name of one letter, since AWS wants two.
  session_name = var.one_letter_users ? "$${aws:username}*" : "$${aws:username}"

  attachments = merge([
    for role, each in var.roles : {
      for at, arn in each.policy_arns : "${role}/${at}" => { role = role, arn = arn }
    }
  ]...)
}

data "aws_iam_policy_document" "trust" {
  for_each = var.roles

  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "AWS"
      identifiers = [local.central]
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

    dynamic "condition" {
      for_each = var.external_id == null ? [] : [var.external_id]

      content {
        test     = "StringEquals"
        variable = "sts:ExternalId"
        values   = [condition.value]
      }
    }
  }
}

resource "aws_iam_role" "this" {
  for_each = var.roles

  name                 = each.key
  assume_role_policy   = data.aws_iam_policy_document.trust[each.key].json
  max_session_duration = each.value.max_session_seconds
  tags                 = var.tags
}

resource "aws_iam_role_policy_attachment" "this" {
  for_each = local.attachments

  role       = aws_iam_role.this[each.value.role].name
  policy_arn = each.value.arn
}
