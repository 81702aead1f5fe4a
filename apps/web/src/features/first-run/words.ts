/** Every text of this feature. A translator starts here. */
export const words = {
  firstRunPage: {
    welcome: 'Welcome',
    title: 'Welcome to Keyferry',
    text: 'This is a new instance. Create the owner account.',
    setupCode: 'Setup code',
    setupCodeHelp: 'Keyferry printed it to its terminal or log at startup.',
    organization: 'Organization',
    placeholder: 'Acme',
    name: 'Your name',
    email: 'Email',
    password: 'Password',
    createAccount: 'Create account',
  },
} as const
