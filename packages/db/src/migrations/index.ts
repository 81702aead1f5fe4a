/** Every migration, oldest first. Named here, not scanned, so that the order is plain to read. */
import type { Migration } from 'kysely/migration'
import * as first from './0001-first.ts'
import * as moves from './0002-moves.ts'
import * as drift from './0003-drift.ts'
import * as notices from './0005-notices.ts'
import * as access from './0010-access.ts'
import * as tree from './0011-tree.ts'
import * as auditChain from './0012-audit-chain.ts'
import * as history from './0020-history.ts'
import * as pacing from './0022-pacing.ts'
import * as running from './0030-running.ts'
import * as scopesById from './0040-scopes-by-id.ts'
import * as reachedFolders from './0041-reached-folders.ts'
import * as keysThatEnd from './0042-keys-that-end.ts'
import * as connectionUses from './0043-connection-uses.ts'
import * as quotas from './0045-quotas.ts'
import * as listedBootstrapTokens from './0055-listed-bootstrap-tokens.ts'
import * as provenAddresses from './0056-proven-addresses.ts'
import * as signIn from './0060-sign-in.ts'
import * as machineLockOut from './0061-machine-lock-out.ts'
import * as instanceSettings from './0062-instance-settings.ts'
import * as membershipSource from './0063-membership-source.ts'
import * as seals from './0065-seals.ts'
import * as auditMarks from './0066-audit-marks.ts'
import * as maintenance from './0070-maintenance.ts'
import * as auditStreams from './0071-audit-streams.ts'
import * as sealPlaces from './0085-seal-places.ts'
import * as foreignKeyIndexes from './0080-foreign-key-indexes.ts'
import * as unreadableRows from './0090-unreadable-rows.ts'
import * as freshness from './0091-freshness.ts'
import * as instanceKeyRotations from './0092-instance-key-rotations.ts'
import * as clientSecretMakers from './0095-client-secret-makers.ts'
import * as auditStreamNotices from './0098-audit-stream-notices.ts'
import * as sealDeletions from './0102-seal-deletions.ts'
import * as sealDepartures from './0103-seal-departures.ts'
import * as rowMarks from './0110-row-marks.ts'
import * as literalSecrets from './0125-literal-secrets.ts'
import * as federatedAuths from './0130-federated-auths.ts'
import * as headTexts from './0140-head-texts.ts'
import * as departuresNeedSeals from './0141-departures-need-seals.ts'
import * as tagChanges from './0145-tag-changes.ts'
import * as ledgerRevision from './0160-ledger-revision.ts'
import * as importsFromTargets from './0161-imports-from-targets.ts'
import * as statusTimes from './0170-status-times.ts'
import * as pauses from './0171-pauses.ts'
import * as deliveredVersions from './0175-delivered-versions.ts'
import * as deliveryAnnouncements from './0176-delivery-announcements.ts'
import * as syncEvents from './0180-sync-events.ts'
import * as deliveryTimes from './0185-delivery-times.ts'
import * as sealedPauses from './0200-sealed-pauses.ts'
import * as confirmedMemberships from './0201-confirmed-memberships.ts'
import * as displayPreferences from './0205-display-preferences.ts'
import * as recipientNames from './0206-recipient-names.ts'
import * as sealNotices from './0230-seal-notices.ts'
import * as snapshotChains from './0245-snapshot-chains.ts'
import * as deliveredRuns from './0400-delivered-runs.ts'
import * as historyIndexes from './0405-history-indexes.ts'
import * as recipientsAway from './0470-recipients-away.ts'
import * as historyOutlivesSyncs from './0471-history-outlives-syncs.ts'
import * as roomForUpdates from './0480-room-for-updates.ts'

export const migrations: Record<string, Migration> = {
  '0001-first': first,
  '0002-moves': moves,
  '0003-drift': drift,
  '0005-notices': notices,
  '0010-access': access,
  '0011-tree': tree,
  '0012-audit-chain': auditChain,
  '0020-history': history,
  '0022-pacing': pacing,
  // Its name before was '0030-running': see `renameFenced`.
  '0030-running-runs': running,
  '0040-scopes-by-id': scopesById,
  '0041-reached-folders': reachedFolders,
  '0042-keys-that-end': keysThatEnd,
  '0043-connection-uses': connectionUses,
  '0045-quotas': quotas,
  '0055-listed-bootstrap-tokens': listedBootstrapTokens,
  '0056-proven-addresses': provenAddresses,
  '0060-sign-in': signIn,
  '0061-machine-lock-out': machineLockOut,
  '0062-instance-settings': instanceSettings,
  '0063-membership-source': membershipSource,
  '0065-seals': seals,
  '0066-audit-marks': auditMarks,
  '0070-maintenance': maintenance,
  '0071-audit-streams': auditStreams,
  '0085-seal-places': sealPlaces,
  '0080-foreign-key-indexes': foreignKeyIndexes,
  '0090-unreadable-rows': unreadableRows,
  '0091-freshness': freshness,
  '0092-instance-key-rotations': instanceKeyRotations,
  '0095-client-secret-makers': clientSecretMakers,
  '0098-audit-stream-notices': auditStreamNotices,
  '0102-seal-deletions': sealDeletions,
  '0103-seal-departures': sealDepartures,
  '0110-row-marks': rowMarks,
  '0125-literal-secrets': literalSecrets,
  '0130-federated-auths': federatedAuths,
  '0140-head-texts': headTexts,
  '0141-departures-need-seals': departuresNeedSeals,
  '0145-tag-changes': tagChanges,
  '0160-ledger-revision': ledgerRevision,
  '0161-imports-from-targets': importsFromTargets,
  '0170-status-times': statusTimes,
  '0171-pauses': pauses,
  '0175-delivered-versions': deliveredVersions,
  '0176-delivery-announcements': deliveryAnnouncements,
  '0180-sync-events': syncEvents,
  '0185-delivery-times': deliveryTimes,
  '0200-sealed-pauses': sealedPauses,
  '0201-confirmed-memberships': confirmedMemberships,
  '0205-display-preferences': displayPreferences,
  '0206-recipient-names': recipientNames,
  '0230-seal-notices': sealNotices,
  '0245-snapshot-chains': snapshotChains,
  '0400-delivered-runs': deliveredRuns,
  '0405-history-indexes': historyIndexes,
  '0470-recipients-away': recipientsAway,
  '0471-history-outlives-syncs': historyOutlivesSyncs,
  '0480-room-for-updates': roomForUpdates,
}
