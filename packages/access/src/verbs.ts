/** What may be done with people, machines and members, for the edge to mount. */
export { jwtAuthVerbs, kubernetesAuthVerbs, oidcAuthVerbs } from './machines/federated.verbs.ts'
export { identityVerbs, universalAuthVerbs } from './machines/machines.verbs.ts'
export { apiKeyVerbs } from './people/api-keys.verbs.ts'
export { instanceVerbs } from './people/me.verbs.ts'
export { memberVerbs } from './people/members.verbs.ts'
export { peopleVerbs } from './people/people.verbs.ts'
export { resetVerbs } from './sign-in/reset.verbs.ts'
export { signInPolicyVerbs } from './sign-in/second-factor-policy.verbs.ts'
