import { statfs } from 'node:fs/promises'

/** Of a disk, in bytes. */
export interface DiskSpace {
  /** What this user can still write. */
  free: number
  size: number
}

/** A write-ahead log and a backup of a small store fit into it. */
const LEAST_FREE = 64_000_000

/** The disk of `dir`. */
export async function diskOf(dir: string): Promise<DiskSpace> {
  const { bavail, blocks, bsize } = await statfs(dir)
  return { free: bavail * bsize, size: blocks * bsize }
}

/** For people. */
export const megabytes = (bytes: number): string => `${Math.floor(bytes / 1_000_000).toLocaleString('en')} MB`

/** So little is left that the next large write may be refused. */
export const isDiskLow = ({ free }: DiskSpace): boolean => free < LEAST_FREE
