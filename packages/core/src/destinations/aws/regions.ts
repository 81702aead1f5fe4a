import { z } from 'zod'
import { field } from '../destination.ts'

/**
 * The regions of AWS's commercial partition (botocore 1.43.11 `endpoints`, 2026-11-28). China and GovCloud are
 * partitions of their own, with accounts and hosts of their own.
 */
export const AWS_REGIONS = [
  'us-east-1',
  'us-east-2',
  'us-west-1',
  'us-west-2',
  'af-south-1',
  'ap-east-1',
  'ap-east-2',
  'ap-northeast-1',
  'ap-northeast-2',
  'ap-northeast-3',
  'ap-south-1',
  'ap-south-2',
  'ap-southeast-1',
  'ap-southeast-2',
  'ap-southeast-3',
  'ap-southeast-4',
  'ap-southeast-5',
  'ap-southeast-6',
  'ap-southeast-7',
  'ca-central-1',
  'ca-west-1',
  'eu-central-1',
  'eu-central-2',
  'eu-north-1',
  'eu-south-1',
  'eu-south-2',
  'eu-west-1',
  'eu-west-2',
  'eu-west-3',
  'il-central-1',
  'me-central-1',
  'me-south-1',
  'mx-central-1',
  'sa-east-1',
] as const

/** Where a key is checked when no target names a region: AWS's own default. */
export const HOME_REGION = 'us-east-1'

export const regionField = z
  .enum(AWS_REGIONS, `Region must be one of AWS's commercial regions, such as ${HOME_REGION}`)
  .meta(field({ label: 'Region' }))
