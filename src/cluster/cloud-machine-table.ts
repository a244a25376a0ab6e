/** What a type of cloud machine has, as its provider names it. */
export interface CloudMachineRow {
  readonly cpu: number;
  readonly gibibytes: number;
  readonly threadsPerCore: number;
}

/**
 * Common machine types of three clouds. Names do not overlap, so that one table serves all.
 *
 * The numbers are the provider's: what the kernel finds (`free -m`) is a few per cent less, and differs by image.
 *
 * Source: cores and memory of Amazon and Azure from kubernetes/autoscaler, cluster-autoscaler/cloudprovider/aws/ec2_instance_types.go and
 * azure/azure_instance_types.go of 2026-08; of Google from its page "General-purpose machine family" (N2: 4, 8 and 1 GB for each vCPU).
 * Threads per core: 1 on Arm, 2 on all others.
 */
export const CLOUD_MACHINES: { readonly [type: string]: CloudMachineRow } = {
  // Amazon EC2: general, Arm, compute, memory, local disks, T4, A10G
  'm6i.2xlarge': x86(8, 32),
  'm6i.4xlarge': x86(16, 64),
  'm6i.8xlarge': x86(32, 128),
  'm7i.4xlarge': x86(16, 64),
  'm7g.4xlarge': arm(16, 64),
  'c6i.16xlarge': x86(64, 128),
  'c7i.16xlarge': x86(64, 128),
  'r6i.8xlarge': x86(32, 256),
  'r6i.16xlarge': x86(64, 512),
  'r7i.8xlarge': x86(32, 256),
  'i4i.4xlarge': x86(16, 128),
  'g4dn.xlarge': x86(4, 16),
  'g4dn.12xlarge': x86(48, 192),
  'g5.12xlarge': x86(48, 192),
  // Azure: general, compute, memory, local disks, T4
  'Standard_D8s_v5': x86(8, 32),
  'Standard_D16s_v5': x86(16, 64),
  'Standard_D32s_v5': x86(32, 128),
  'Standard_F64s_v2': x86(64, 128),
  'Standard_E32s_v5': x86(32, 256),
  'Standard_E64s_v5': x86(64, 512),
  'Standard_L16s_v3': x86(16, 128),
  'Standard_NC4as_T4_v3': x86(4, 28),
  'Standard_NC64as_T4_v3': x86(64, 440),
  // Google Compute Engine: general, memory, compute
  'n2-standard-8': x86(8, 32),
  'n2-standard-16': x86(16, 64),
  'n2-standard-32': x86(32, 128),
  'n2-highmem-32': x86(32, 256),
  'n2-highmem-64': x86(64, 512),
  'n2-highcpu-64': x86(64, 64),
};

function x86(cpu: number, gibibytes: number): CloudMachineRow {
  return { cpu, gibibytes, threadsPerCore: 2 };
}

function arm(cpu: number, gibibytes: number): CloudMachineRow {
  return { cpu, gibibytes, threadsPerCore: 1 };
}
