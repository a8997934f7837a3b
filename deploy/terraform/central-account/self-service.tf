# What users may do to their own user. Without MFA they may enrol a device and pass the first sign-in, no more: the
# deny leaves out iam:ChangePassword and iam:GetAccountPasswordPolicy, or every new user would be locked out.

locals {
  # With and without a path. A pattern without the slash would also mean users whose names end alike.
  own_user = ["${local.arn}:user/$${aws:username}", "${local.arn}:user/*/$${aws:username}"]

  without_mfa = [
    "iam:ChangePassword",
    "iam:CreateVirtualMFADevice",
    "iam:EnableMFADevice",
    "iam:GetAccountPasswordPolicy",
    "iam:GetUser",
    "iam:ListMFADevices",
    "iam:ListVirtualMFADevices",
    "sts:GetSessionToken",
  ]
}

data "aws_iam_policy_document" "self_service" {
  statement {
    sid = "ReadAccount"
    actions = [
      "iam:GetAccountPasswordPolicy",
      "iam:ListAccountAliases",
      "iam:ListVirtualMFADevices",
    ]
    resources = ["*"]
  }

  statement {
    sid = "OwnUser"
    actions = [
      "iam:ChangePassword",
      "iam:CreateAccessKey",
      "iam:DeactivateMFADevice",
      "iam:DeleteAccessKey",
      "iam:EnableMFADevice",
      "iam:GetAccessKeyLastUsed",
      "iam:GetUser",
      "iam:ListAccessKeys",
      "iam:ListMFADevices",
      "iam:ListUserTags",
      "iam:ResyncMFADevice",
      "iam:TagUser",
      "iam:UntagUser",
      "iam:UpdateAccessKey",
    ]
    resources = local.own_user
  }

  # awst describes access keys in tags named by the key's id. Other tags are the administrator's.
  statement {
    sid       = "OnlyDescriptionsOfKeys"
    effect    = "Deny"
    actions   = ["iam:TagUser", "iam:UntagUser"]
    resources = local.own_user

    condition {
      test     = "ForAnyValue:StringNotLike"
      variable = "aws:TagKeys"
      values   = ["AKIA*"]
    }
  }

  statement {
    sid       = "OwnDevices"
    actions   = ["iam:CreateVirtualMFADevice", "iam:DeleteVirtualMFADevice"]
    resources = ["${local.arn}:mfa/*"]
  }

  statement {
    sid         = "NothingElseWithoutMfa"
    effect      = "Deny"
    not_actions = local.without_mfa
    resources   = ["*"]

    condition {
      test     = "BoolIfExists"
      variable = "aws:MultiFactorAuthPresent"
      values   = ["false"]
    }
  }
}
