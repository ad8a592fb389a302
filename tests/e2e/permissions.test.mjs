// Who may do what, and from where, as an application sees it that has other rights than its operator.
import assert from 'node:assert/strict';
import { lookup } from 'node:dns/promises';
import { after, describe, it } from 'node:test';

import { AuthorizationManagementClient } from '@azure/arm-authorization';
import { ClientSecretCredential } from '@azure/identity';
import { SecretClient } from '@azure/keyvault-secrets';

import { Service, quickTimings } from '../harness/service.mjs';
import { credential, innerCode, noRetries, refusal } from './clients.mjs';
import { manager, often, uriOf, vaultParameters } from './management_kit.mjs';

const resolves = await lookup('open.vault.localhost').then(() => true, () => false);
const skip = resolves ? false : '*.vault.localhost does not resolve';
if (skip) console.error('\n!!!! NOT TESTED: *.vault.localhost does not resolve here; install libnss-myhostname\n');

const service = await Service.start({ config: `clients = ["application"]\n${quickTimings()}` });
after(() => service.stop());
const management = manager(service);
const group = 'team-a';
const [application] = service.ready.clients;

function asApplication() {
  const { tenant_id, authority } = service.ready;
  return new ClientSecretCredential(tenant_id, application.client_id, application.client_secret, {
    authorityHost: authority, disableInstanceDiscovery: true,
  });
}
const secretsOf = (vault, who = asApplication()) => new SecretClient(uriOf(service, vault), who, noRetries);
const asOperator = (vault) => secretsOf(vault, credential(service));

async function refusedAs(code, call) {
  const error = await refusal(call, 403, 'Forbidden');
  assert.equal(innerCode(error), code);
}
const make = (name, properties) =>
  management.vaults.beginCreateOrUpdateAndWait(group, name, vaultParameters(service, properties), often);

describe('access policies', { skip }, () => {
  it('let in what they name, as soon as they are set', async () => {
    await make('by-policy');
    await asOperator('by-policy').setSecret('a', 'b');
    const secrets = secretsOf('by-policy');
    await refusedAs('ForbiddenByPolicy', () => secrets.getSecret('a'));
    const change = (kind, permissions) => management.vaults.updateAccessPolicy(group, 'by-policy', kind, {
      properties: { accessPolicies: [{ tenantId: service.ready.tenant_id, objectId: application.object_id, permissions }] },
    });
    await change('add', { secrets: ['get'] });
    assert.equal((await secrets.getSecret('a')).value, 'b');
    await refusedAs('ForbiddenByPolicy', () => secrets.setSecret('a', 'c'));
    await change('remove', { secrets: ['get'] });
    await refusedAs('ForbiddenByPolicy', () => secrets.getSecret('a'));
  });
});

describe('roles', { skip }, () => {
  const roles = new AuthorizationManagementClient(credential(service), service.ready.subscription_id, {
    endpoint: service.ready.management_uri, credentialScopes: `${service.ready.management_uri}/.default`, ...noRetries,
  });
  const assign = (scope, name, role) => roles.roleAssignments.create(scope, name, {
    roleDefinitionId: `${scope}/providers/Microsoft.Authorization/roleDefinitions/${role}`,
    principalId: application.object_id, principalType: 'ServicePrincipal',
  });
  const secretsUser = '4633458b-17de-408a-b874-0445c86b69e6';

  it('let in where a vault goes by them, and nowhere else', async () => {
    const vault = await make('by-role', { enableRbacAuthorization: true });
    await asOperator('by-role').setSecret('a', 'b');
    const secrets = secretsOf('by-role');
    await refusedAs('ForbiddenByRbac', () => secrets.getSecret('a'));
    await assign(vault.id, 'cccccccc-0000-0000-0000-000000000001', secretsUser);
    assert.equal((await secrets.getSecret('a')).value, 'b');
    await refusedAs('ForbiddenByRbac', () => secrets.setSecret('a', 'c'));
    await management.vaults.update(group, 'by-role', { properties: { enableRbacAuthorization: false } });
    await refusedAs('ForbiddenByPolicy', () => secrets.getSecret('a'));
  });

  it('of a group of vaults count for all of them', async () => {
    await make('also-by-role', { enableRbacAuthorization: true });
    await asOperator('also-by-role').setSecret('a', 'b');
    const scope = `/subscriptions/${service.ready.subscription_id}/resourceGroups/${group}`;
    await assign(scope, 'cccccccc-0000-0000-0000-000000000002', secretsUser);
    assert.equal((await secretsOf('also-by-role').getSecret('a')).value, 'b');
    await roles.roleAssignments.delete(scope, 'cccccccc-0000-0000-0000-000000000002');
    await refusedAs('ForbiddenByRbac', () => secretsOf('also-by-role').getSecret('a'));
  });

  it('say who manages', async () => {
    const other = manager(service, {}, asApplication());
    await refusal(() => other.vaults.get(group, 'by-role'), 403, 'AuthorizationFailed');
    await refusal(() => other.vaults.update(group, 'by-role', { tags: { a: 'b' } }), 403, 'AuthorizationFailed');
    const scope = (await management.vaults.get(group, 'by-role')).id;
    const reader = 'acdd72a7-3385-48ef-bd42-f606fba81ae7';
    await assign(scope, 'cccccccc-0000-0000-0000-000000000003', reader);
    assert.equal((await other.vaults.get(group, 'by-role')).name, 'by-role');
    await refusal(() => other.vaults.update(group, 'by-role', { tags: { a: 'b' } }), 403, 'AuthorizationFailed');
    const seen = [];
    for await (const vault of other.vaults.listBySubscription()) seen.push(vault.name);
    assert.deepEqual(seen, ['by-role'], 'of a list he sees what he may read');
  });
});

describe('the firewall', { skip }, () => {
  it('lets in from where its rules say, as soon as they are set', async () => {
    await make('walled');
    const secrets = asOperator('walled');
    await secrets.setSecret('a', 'b');
    const network = (networkAcls, publicNetworkAccess = 'Enabled') =>
      management.vaults.update(group, 'walled', { properties: { networkAcls, publicNetworkAccess } });
    await network({ defaultAction: 'Deny', bypass: 'None', ipRules: [{ value: '203.0.113.0/24' }] });
    await refusedAs('ForbiddenByFirewall', () => secrets.getSecret('a'));
    await network({ defaultAction: 'Deny', bypass: 'None', ipRules: [{ value: '127.0.0.0/8' }, { value: '::1' }] });
    assert.equal((await secrets.getSecret('a')).value, 'b');
    await network({ defaultAction: 'Allow' }, 'Disabled');
    await refusedAs('ForbiddenByConnection', () => secrets.getSecret('a'));
    await network({ defaultAction: 'Allow' });
    assert.equal((await secrets.getSecret('a')).value, 'b');
  });
});
