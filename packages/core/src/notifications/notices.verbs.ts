/** Verbs for the targets of notices, with what each requires. */
import { defineVerb, RUNS_INSTANCE } from '@keyferry/access'
import * as schemas from '@keyferry/schemas'
import { z } from 'zod'
import {
  createNoticeTarget,
  deleteNoticeTarget,
  listNoticeTargets,
  testNoticeTarget,
  tryNoticeTarget,
} from './targets.ts'

const oneRecipient = z.object({ targetId: schemas.id })

export const noticeVerbs = {
  list: defineVerb({
    input: z.object({ projectId: schemas.id.optional() }).default({}),
    requires: () => RUNS_INSTANCE,
    run: listNoticeTargets,
  }),
  create: defineVerb({ input: schemas.createNoticeTarget, requires: () => RUNS_INSTANCE, run: createNoticeTarget }),
  delete: defineVerb({
    input: oneRecipient,
    requires: () => RUNS_INSTANCE,
    run: deleteNoticeTarget,
    ends: ({ targetId: id }) => ({ table: 'noticeTargets', values: { id } }),
  }),
  try: defineVerb({ input: schemas.createNoticeTarget, requires: () => RUNS_INSTANCE, run: tryNoticeTarget }),
  test: defineVerb({ input: oneRecipient, requires: () => RUNS_INSTANCE, run: testNoticeTarget }),
}
