/** A refusal of an emulated AWS service, thrown where it is found. Each protocol writes it in its own form. */
export class Refused extends Error {
  readonly code: string

  /** `code`: the exception's name, such as `ParameterNotFound`. */
  constructor(code: string, message: string) {
    super(message)
    this.name = 'Refused'
    this.code = code
  }
}

/** In the words of IAM, which name the principal, the action and the resource. */
export const accessDenied = (principalArn: string, action: string, resource: string): Refused =>
  new Refused(
    'AccessDeniedException',
    `User: ${principalArn} is not authorized to perform: ${action} on resource: ${resource} because no identity-based policy allows the ${action} action`,
  )
