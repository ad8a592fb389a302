// The management plane by plain HTTPS, as the built-in client.
import { Http } from './http.mjs';

const armVersion = { version: '2025-05-01' };

export class Management {
  static async of(service) {
    const self = new Management();
    const { tenant_id, client_id, client_secret, subscription_id, resource_group } = service.ready;
    self.http = new Http(service);
    const answer = await self.http.form(`/${tenant_id}/oauth2/v2.0/token`, {
      grant_type: 'client_credentials', client_id, client_secret, scope: 'https://management.azure.com/.default',
    });
    if (answer.status !== 200) throw new Error(`no token: ${answer.status} ${answer.text}`);
    self.http.token = answer.json.access_token;
    self.tenant = tenant_id;
    self.subscription = `/subscriptions/${subscription_id}`;
    self.group = `${self.subscription}/resourceGroups/${resource_group}`;
    return self;
  }

  close() { this.http.close(); }

  idOf(vault) { return `${this.group}/providers/Microsoft.KeyVault/vaults/${vault}`; }

  async #good(method, path, body, version = armVersion) {
    const answer = await this.http.send(method, path, { ...version, body });
    if (answer.status > 299) throw new Error(`${method} ${path}: ${answer.status} ${answer.text}`);
    return answer;
  }

  send(method, path, body) { return this.http.send(method, path, { ...armVersion, body }); }

  make(vault, properties = {}, rest = {}) {
    return this.#good('PUT', this.idOf(vault), {
      location: 'eastus2',
      properties: {
        tenantId: this.tenant, sku: { family: 'A', name: 'standard' }, accessPolicies: [], enableRbacAuthorization: false,
        ...properties,
      },
      ...rest,
    });
  }

  patch(vault, properties) { return this.#good('PATCH', this.idOf(vault), { properties }); }

  // A role, by its GUID, to a principal.
  assign(scope, name, role, principal) {
    return this.#good('PUT', `${scope}/providers/Microsoft.Authorization/roleAssignments/${name}`, {
      properties: {
        roleDefinitionId: `${this.subscription}/providers/Microsoft.Authorization/roleDefinitions/${role}`,
        principalId: principal, principalType: 'ServicePrincipal',
      },
    }, { version: '2022-04-01' });
  }
}
