import { zodResolver } from '@hookform/resolvers/zod'
import { bootstrap } from '@keyferry/schemas'

/** What a program leaves out: on the server's machine the code, and the name of a person. */
export const setUp = zodResolver(bootstrap.required({ setupCode: true, name: true }))
