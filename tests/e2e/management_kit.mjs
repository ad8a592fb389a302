// The unchanged client of the management plane, pointed at a service of the harness.
import { KeyVaultManagementClient } from '@azure/arm-keyvault';

import { credential, noRetries } from './clients.mjs';

// What the service does it has done by then: pollers need not pause for half a minute.
export const often = { updateIntervalInMs: 20 };

export function manager(service, options = {}, who = credential(service)) {
  const { subscription_id, management_uri } = service.ready;
  return new KeyVaultManagementClient(who, subscription_id, {
    endpoint: management_uri, ...noRetries, ...options,
  });
}

// A vault with access policies, as `az keyvault create` asks for one.
export function vaultParameters(service, properties = {}, rest = {}) {
  return {
    location: 'eastus2',
    properties: {
      tenantId: service.ready.tenant_id,
      sku: { family: 'A', name: 'standard' },
      accessPolicies: [],
      enableRbacAuthorization: false,
      ...properties,
    },
    ...rest,
  };
}

// The service's vaults by their own names.
export const uriOf = (service, name) =>
  `https://${name}.vault.localhost:${new URL(service.ready.vaults[0].alias).port}`;
