// What deploying and removing the function reports as done.

const ownSteps = [
  "create the bucket BUCKET",
  "put the policy of the bucket",
  "upload the code",
  "store the webhook's URL as /admin/dormant-webhook",
  "ask CloudFormation to create the stack awst-dormant-users",
];
const setStep = "create the StackSet awst-dormant-users";
/** What an undisturbed run reports as done, by phase; `BUCKET`: its name. */
export const wholeRuns = {
  "one account": ownSteps,
  organization: [...ownSteps, setStep, "ask CloudFormation to create stacks in 4 accounts"],
  update: [
    "put the policy of the bucket",
    "upload the code",
    "ask CloudFormation to update the stack awst-dormant-users",
    "ask CloudFormation to update the stacks",
  ],
  remove: [
    "ask CloudFormation to delete the stacks",
    "delete the StackSet awst-dormant-users",
    "ask CloudFormation to delete the stack awst-dormant-users",
    "delete the bucket BUCKET",
  ],
  delegated: [...ownSteps, setStep, "ask CloudFormation to create stacks in 3 accounts"],
};

/** Whether the request sets up a bucket: for one that is there already, nothing changes. */
export function isSetting(request: string): boolean {
  return /^(CreateBucket|PutPublicAccessBlock|PutBucketVersioning)$/.test(request);
}
