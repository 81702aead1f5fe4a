/** The token of an `Authorization` header that carries one. */
export const bearerOf = (authorization: string | null | undefined): string | undefined =>
  /^Bearer +(\S+)$/i.exec(authorization ?? '')?.[1]
