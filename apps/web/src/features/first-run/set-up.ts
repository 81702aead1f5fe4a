import { zodResolver } from '@hookform/resolvers/zod'
import { bootstrap } from '@keyferry/schemas'

/** The code is typed by hand here, while a program on the server's machine needs none. */
export const setUp = zodResolver(bootstrap.required({ setupCode: true }))
