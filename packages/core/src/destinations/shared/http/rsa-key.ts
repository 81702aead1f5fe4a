import { createPrivateKey } from 'node:crypto'

/** Whether a text is an RSA private key in PEM, in PKCS #1 or PKCS #8. */
export function isRsaKey(pem: string): boolean {
  try {
    return createPrivateKey(pem).asymmetricKeyType === 'rsa'
  } catch {
    return false
  }
}
