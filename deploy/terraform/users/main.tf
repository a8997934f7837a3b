# IAM users from a map. awst gives each a first password and off-boards it on destroy. Only the ARN passes through
# terraform_data: a change of anything else would replace it, and that deletes and makes the user. The ARN names the
# account, too: awst refuses to off-board with credentials of another one, where the user would seem to be gone already.

resource "aws_iam_user" "this" {
  for_each = var.users

  name                 = each.key
  path                 = each.value.path
  permissions_boundary = each.value.boundary
  tags                 = merge(var.tags, each.value.tags, { email = each.value.email })

  # Removes what the off-boarding below missed, as keys and policies that were added by hand.
  force_destroy = true
}

resource "aws_iam_user_group_membership" "this" {
  for_each = { for name, each in var.users : name => each.groups if length(each.groups) > 0 }

  user   = aws_iam_user.this[each.key].name
  groups = each.value
}

resource "terraform_data" "life" {
  for_each = toset(keys(var.users))

  # Without the path, which may change.
  input = replace(aws_iam_user.this[each.key].arn, "/\\/.*\\//", "/")

  # Another user of the same name, as after -replace: the old one is off-boarded, the new one gets a password. A
  # correction keeps the id.
  lifecycle {
    replace_triggered_by = [aws_iam_user.this[each.key].unique_id]
  }

  # A failed command must not taint the resource: what is tainted is not off-boarded when its user leaves the map.
  # `awst admin user list --filter no-password` lists users without a first password.
  provisioner "local-exec" {
    command    = "awst admin user create \"$USER_ARN\" --yes --out \"$OUT\""
    on_failure = continue

    environment = {
      USER_ARN = self.input
      OUT      = var.secrets_folder
    }
  }

  # A user that awst refuses to off-board, as a protected one, stays. One that is gone already is no error.
  provisioner "local-exec" {
    when    = destroy
    command = "awst admin user offboard \"$USER_ARN\" --yes --missing-ok"

    environment = {
      USER_ARN = self.input
    }
  }

  depends_on = [aws_iam_user.this, aws_iam_user_group_membership.this]
}
