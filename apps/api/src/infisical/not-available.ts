/** Fields of Infisical for what Keyferry does not have. They are refused, because who sends them relies on them. */
import { z } from 'zod'

const NO_PROTECTION = 'Delete protection is not available. Send false, or leave the field out.'
export const withoutDeleteProtection = { hasDeleteProtection: z.literal(false, NO_PROTECTION).optional() }

const NO_METADATA = 'Metadata of identities are not available. Send an empty list, or leave the field out.'
export const withoutMetadata = { metadata: z.array(z.unknown()).max(0, NO_METADATA).optional() }
