// Lambda: an asynchronous invocation puts the event into the function's queue, from which a test takes it.

import type { Action } from "../action.ts";
import { permitService } from "../messages/permit.ts";
import { ServiceError } from "../wire/service-error.ts";

const largestEvent = 1024 * 1024;

export const invokeFunction: Action = {
  input: { FunctionName: { required: true, min: 1, max: 140 } },
  run(request) {
    const { caller, parameters, region, body, header } = request;
    const { account } = caller;
    const name = parameters.get("FunctionName") ?? "";
    const arn = account.regionalArn("lambda", region, `function:${name}`);
    permitService(request, "lambda:InvokeFunction", arn);
    const found = account.functions.get(`${region}/${name}`);
    if (!found) {
      throw new ServiceError(404, "ResourceNotFoundException", `Function not found: ${arn}`);
    }
    if (header("x-amz-invocation-type") !== "Event") {
      throw new ServiceError(
        400,
        "InvalidParameterValueException",
        "the sandbox knows InvocationType Event alone",
      );
    }
    if (body.length > largestEvent) {
      throw new ServiceError(
        413,
        "RequestTooLargeException",
        `${body.length} byte payload is too large`,
      );
    }
    try {
      JSON.parse(body.toString());
    } catch {
      throw new ServiceError(
        400,
        "InvalidRequestContentException",
        "Could not parse request body into json",
      );
    }
    found.events.push(body.toString());
    return undefined;
  },
};
