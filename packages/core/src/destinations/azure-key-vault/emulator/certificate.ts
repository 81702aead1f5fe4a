import { X509CertificateGenerator } from '@peculiar/x509'

/** PEM of a certificate and of its key. */
export interface CertificatePair {
  certificateBody: string
  privateKey: string
}

const ALGORITHM = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256', modulusLength: 2048 }

/** A fresh self-signed certificate, good for a day. */
export async function selfSignedCertificate(name: string): Promise<CertificatePair> {
  const algorithm = { ...ALGORITHM, publicExponent: new Uint8Array([1, 0, 1]) }
  const keys = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
  const certificate = await X509CertificateGenerator.createSelfSigned({
    name: `CN=${name}`,
    keys,
    signingAlgorithm: ALGORITHM,
    notBefore: new Date(Date.now() - 60_000),
    notAfter: new Date(Date.now() + 86_400_000),
  })
  const key = Buffer.from(await crypto.subtle.exportKey('pkcs8', keys.privateKey))
  const lines = key.toString('base64').replace(/.{64}/g, '$&\n')
  const label = 'PRIVATE KEY'
  return {
    certificateBody: certificate.toString('pem'),
    privateKey: `-----BEGIN ${label}-----\n${lines}\n-----END ${label}-----\n`,
  }
}
