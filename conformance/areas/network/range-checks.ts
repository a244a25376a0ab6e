import { facts } from './descriptions';
import { IpRange } from '../../../src/cluster/ip-range';
import { NODE_PORT_RANGE } from '../../../src/cluster/ports';
import { Check, failed, Outcome, passed } from '../../check';
import { AddressCluster } from '../brain/address-cluster';

const SERVICES = 40;

/** A Service that balances from outside, with an address of each family that the plan has. */
function service(name: string, dualStack: boolean, nodePort?: number): object {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace: 'default' },
    spec: { type: 'NodePort', ipFamilyPolicy: dualStack ? 'RequireDualStack' : 'SingleStack', selector: { app: 'a' }, ports: [{ name: 'http', port: 80, nodePort }, { name: 'https', port: 443 }] },
  };
}

export const rangeChecks: Check[] = [false, true].map((dualStack): Check => ({
  id: dualStack ? 'node-ports-and-ranges-accepted-dual-stack' : 'node-ports-and-ranges-accepted',
  drill: '6',
  judge: 'component',
  component: 'kube-apiserver',
  run: scene => {
    const { network } = facts(1200, { dualStack });
    return AddressCluster.with(scene, network, async (cluster): Promise<Outcome> => {
      const ranges = network.serviceCidrs.map(cidr => IpRange.parse('Services', cidr));
      const ports: number[] = [];
      for (let i = 0; i < SERVICES; i++) {
        const { status, body } = await cluster.request('POST', '/api/v1/namespaces/default/services', service(`s-${i}`, dualStack));
        if (status !== 201) { return failed(`Service ${i}: ${body.message}`); }
        const addresses: string[] = body.spec.clusterIPs;
        if (addresses.length !== ranges.length || !addresses.every((address, family) => ranges[family].contains(address))) { return failed(`addresses ${addresses} lie outside ${network.serviceCidrs.join(' and ')}`); }
        if ([network.dnsServiceAddress, network.secondaryDnsServiceAddress, ranges[0].addressAt(11)].some(taken => taken && addresses.includes(taken))) { return failed(`an address of DNS was given away: ${addresses}`); }
        ports.push(...body.spec.ports.map((port: any) => port.nodePort));
      }
      const wrong = ports.filter(port => port < NODE_PORT_RANGE.first || port > NODE_PORT_RANGE.last);
      if (wrong.length > 0 || new Set(ports).size !== ports.length) { return failed(`node ports ${wrong} lie outside ${NODE_PORT_RANGE.first}-${NODE_PORT_RANGE.last}, or one is given twice`); }
      return passed(`${ranges.map(String).join(' and ')}, node ports ${NODE_PORT_RANGE.first}-${NODE_PORT_RANGE.last}`, { 'services': { value: SERVICES, unit: 'Services' }, 'node ports': { value: ports.length, unit: 'ports' } });
    });
  },
}));

export const rangeNegatives: Check[] = [{
  id: 'node-port-outside-the-range-refused',
  drill: 'N6',
  judge: 'component',
  component: 'kube-apiserver',
  run: scene => AddressCluster.with(scene, facts(1200).network, async (cluster): Promise<Outcome> => {
    const outside = await cluster.request('POST', '/api/v1/namespaces/default/services', service('outside', false, NODE_PORT_RANGE.first - 1));
    const second = await cluster.request('POST', '/api/v1/namespaces/default/services', service('two-families', true));
    const inside = await cluster.request('POST', '/api/v1/namespaces/default/services', service('inside', false, NODE_PORT_RANGE.first));
    if (inside.status !== 201) { return failed(`the first port of the range is refused: ${inside.body.message}`); }
    const right = /provided port is not in the valid range/.test(outside.body.message ?? '') && /this cluster is not configured for dual-stack services/.test(second.body.message ?? '');
    return right ? passed(`${outside.body.message}; ${second.body.message}`) : failed(`port outside: ${outside.status} ${outside.body.message}; second family: ${second.status} ${second.body.message}`);
  }),
}];
