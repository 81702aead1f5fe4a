export { changeRootKey, openAdmin, OPERATOR, type Admin } from './admin/admin.ts'
export { examine, type Finding } from './admin/doctor.ts'
export { refusedPort } from './refused-port.ts'
export { StartupError } from './startup-error.ts'
export { readEnv, type Env } from './settings/env.ts'
export { migrateStore, type MigratedStore } from './admin/migrate-store.ts'
export { hostCheck, isLoopbackHost, type HostCheck } from './monitoring/hosts.ts'
export {
  isLoopbackAddress,
  isProxied,
  monitoringOf,
  serveMonitoring,
  type Monitoring,
} from './monitoring/monitoring.ts'
export { openRuntime, type Runtime, type OpenOptions } from './open.ts'
export { runningProcesses } from './processes.ts'
export { readinessOf, type Readiness } from './monitoring/readiness.ts'
export { restoreBackup } from './admin/restore.ts'
export { VERSION } from './version.ts'
export { verifyBackup } from './admin/verify-backup.ts'
export { runProcess, type Service } from './run-process.ts'
