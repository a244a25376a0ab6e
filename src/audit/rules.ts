import { Rule } from './rule';
import { apiServerCertificateNamesEndpoints } from './rules/api-server/tnc040-api-server-certificate-names-endpoints';
import { apiServerAsksTheRings } from './rules/api-server/tnc041-api-server-asks-the-rings';
import { eventsHaveARing } from './rules/api-server/tnc042-events-have-a-ring';
import { seatsFollowCores } from './rules/api-server/tnc043-seats-follow-cores';
import { dearRequestsAreFew } from './rules/api-server/tnc044-dear-requests-are-few';
import { agentsHaveAFlowSchema } from './rules/api-server/tnc045-agents-have-a-flow-schema';
import { controllersKeepUp } from './rules/api-server/tnc046-controllers-keep-up';
import { nodeGraceOutlastsADeadConnection } from './rules/api-server/tnc047-node-grace-outlasts-a-dead-connection';
import { watchCacheSizesAreDynamic } from './rules/api-server/tnc048-watch-cache-sizes-are-dynamic';
import { requestsAreAuthorized } from './rules/api-server/tnc049-requests-are-authorized';
import { connectionsAreRebalanced } from './rules/api-server/tnc050-connections-are-rebalanced';
import { apiServerMayDrain } from './rules/api-server/tnc051-api-server-may-drain';
import { flagsExistInTheRelease } from './rules/api-server/tnc052-flags-exist-in-the-release';
import { noDeprecatedFlags } from './rules/api-server/tnc053-no-deprecated-flags';
import { featureGatesExist } from './rules/api-server/tnc054-feature-gates-exist';
import { controlPlaneFitsItsMachine } from './rules/api-server/tnc055-control-plane-fits-its-machine';
import { controlPlaneIsOneRelease } from './rules/api-server/tnc056-control-plane-is-one-release';
import { aggregatedApisCanAuthenticate } from './rules/api-server/tnc057-aggregated-apis-can-authenticate';
import { auditAndEncryptionAreOn } from './rules/api-server/tnc058-audit-and-encryption-are-on';
import { etcdIsAskedOverTls } from './rules/api-server/tnc059-etcd-is-asked-over-tls';
import { externalEtcdStandsAlone } from './rules/api-server/tnc060-external-etcd-stands-alone';
import { heartbeatsHaveSeats } from './rules/api-server/tnc061-heartbeats-have-seats';
import { autoscalerStaysInTheAddressPlan } from './rules/autoscaling/tnc150-autoscaler-stays-in-the-address-plan';
import { autoscalerReachesTheFinalSize } from './rules/autoscaling/tnc151-autoscaler-reaches-the-final-size';
import { prioritiesAreReadable } from './rules/autoscaling/tnc152-priorities-are-readable';
import { localDataSurvivesScaleDown } from './rules/autoscaling/tnc153-local-data-survives-scale-down';
import { localPoolsKeepTheirSize } from './rules/autoscaling/tnc154-local-pools-keep-their-size';
import { autoscalerIsOfTheRelease } from './rules/autoscaling/tnc155-autoscaler-is-of-the-release';
import { everyPoolHasAPriority } from './rules/autoscaling/tnc156-every-pool-has-a-priority';
import { autoscalerHasMemory } from './rules/autoscaling/tnc157-autoscaler-has-memory';
import { gpuNodesWaitForTheirCards } from './rules/autoscaling/tnc158-gpu-nodes-wait-for-their-cards';
import { startupTaintsAreSet } from './rules/autoscaling/tnc159-startup-taints-are-set';
import { corednsWatchesNoPods } from './rules/dns/tnc190-coredns-watches-no-pods';
import { corednsNoticesALoop } from './rules/dns/tnc191-coredns-notices-a-loop';
import { corednsHasMemory } from './rules/dns/tnc192-coredns-has-memory';
import { corednsMayFinish } from './rules/dns/tnc193-coredns-may-finish';
import { dnsServesTheClusterDomain } from './rules/dns/tnc194-dns-serves-the-cluster-domain';
import { externalNamesSkipTheSearchList } from './rules/dns/tnc195-external-names-skip-the-search-list';
import { cachesKnowTheZonesOfCoreDns } from './rules/dns/tnc196-caches-know-the-zones-of-coredns';
import { quotaHoldsPlannedObjects } from './rules/etcd/tnc020-quota-holds-planned-objects';
import { quotaHasHeadroom } from './rules/etcd/tnc021-quota-has-headroom';
import { etcdMemoryExceedsQuota } from './rules/etcd/tnc022-etcd-memory-exceeds-quota';
import { initialClusterEqualsMembers } from './rules/etcd/tnc023-initial-cluster-equals-members';
import { etcdCertificatesNameMembers } from './rules/etcd/tnc024-etcd-certificates-name-members';
import { ringSizeIsOdd } from './rules/etcd/tnc025-ring-size-is-odd';
import { noZoneHoldsAQuorum } from './rules/etcd/tnc026-no-zone-holds-a-quorum';
import { dataDiskMustBeMounted } from './rules/etcd/tnc027-data-disk-must-be-mounted';
import { etcdTimersFit } from './rules/etcd/tnc028-etcd-timers-fit';
import { etcdSpeaksTls } from './rules/etcd/tnc029-etcd-speaks-tls';
import { livenessAsksTheMemberOnly } from './rules/etcd/tnc030-liveness-asks-the-member-only';
import { etcdChecksForCorruption } from './rules/etcd/tnc031-etcd-checks-for-corruption';
import { quotaStaysRestorable } from './rules/etcd/tnc032-quota-stays-restorable';
import { ringsFitTheMemory } from './rules/etcd/tnc033-rings-fit-the-memory';
import { etcdKeepsItsMembersEqual } from './rules/etcd/tnc034-etcd-keeps-its-members-equal';
import { somebodySavesEtcd } from './rules/etcd/tnc035-somebody-saves-etcd';
import { growthComesInWaves } from './rules/growth/tnc210-growth-comes-in-waves';
import { evictionThresholdsAreComplete } from './rules/kubelet/tnc070-eviction-thresholds-are-complete';
import { reservationIsNoWaste } from './rules/kubelet/tnc071-reservation-is-no-waste';
import { daemonsHaveAReservation } from './rules/kubelet/tnc072-daemons-have-a-reservation';
import { processesAreBounded } from './rules/kubelet/tnc073-processes-are-bounded';
import { staticCpusAreWhole } from './rules/kubelet/tnc074-static-cpus-are-whole';
import { staticMemoryAddsUp } from './rules/kubelet/tnc075-static-memory-adds-up';
import { kubeletsAreWithinSkew } from './rules/kubelet/tnc076-kubelets-are-within-skew';
import { kubeletFieldsAreKnown } from './rules/kubelet/tnc077-kubelet-fields-are-known';
import { podsPerCoreDoesNotLowerMaxPods } from './rules/kubelet/tnc078-pods-per-core-does-not-lower-max-pods';
import { nodeStatusStaysRare } from './rules/kubelet/tnc079-node-status-stays-rare';
import { parallelPullsAreBounded } from './rules/kubelet/tnc080-parallel-pulls-are-bounded';
import { imagesAreCollectedBeforeEviction } from './rules/kubelet/tnc081-images-are-collected-before-eviction';
import { podsStayInTheTestedEnvelope } from './rules/kubelet/tnc082-pods-stay-in-the-tested-envelope';
import { kubeletsAskWhoIsThere } from './rules/kubelet/tnc083-kubelets-ask-who-is-there';
import { servingCertificatesAreApproved } from './rules/kubelet/tnc084-serving-certificates-are-approved';
import { gpuPoolsHaveADevicePlugin } from './rules/kubelet/tnc085-gpu-pools-have-a-device-plugin';
import { gpuNodesAreKeptForCards } from './rules/kubelet/tnc086-gpu-nodes-are-kept-for-cards';
import { containerLogsAreParsedAsCri } from './rules/logging/tnc180-container-logs-are-parsed-as-cri';
import { endlessRetriesNeedADisk } from './rules/logging/tnc181-endless-retries-need-a-disk';
import { logsTravelEncrypted } from './rules/logging/tnc182-logs-travel-encrypted';
import { agentsAskTheirKubelet } from './rules/logging/tnc183-agents-ask-their-kubelet';
import { agentsKnowWhereTheyWere } from './rules/logging/tnc184-agents-know-where-they-were';
import { targetLimitsHoldTheNodes } from './rules/monitoring/tnc170-target-limits-hold-the-nodes';
import { alertsWatchExistingJobs } from './rules/monitoring/tnc171-alerts-watch-existing-jobs';
import { discoveryReadsEndpointSlices } from './rules/monitoring/tnc172-discovery-reads-endpoint-slices';
import { replicasDifferByLabel } from './rules/monitoring/tnc173-replicas-differ-by-label';
import { scrapesEndBeforeTheNext } from './rules/monitoring/tnc174-scrapes-end-before-the-next';
import { labelsAreChosen } from './rules/monitoring/tnc175-labels-are-chosen';
import { thanosCompactsAlone } from './rules/monitoring/tnc176-thanos-compacts-alone';
import { podRangeHoldsFinalBlocks } from './rules/network/tnc001-pod-range-holds-final-blocks';
import { podRangeHasHeadroom } from './rules/network/tnc002-pod-range-has-headroom';
import { blocksServeMaxPods } from './rules/network/tnc003-blocks-serve-max-pods';
import { machinesLieInNodeRange } from './rules/network/tnc004-machines-lie-in-node-range';
import { serviceRangeIsOne } from './rules/network/tnc005-service-range-is-one';
import { rangesAreDisjoint } from './rules/network/tnc006-ranges-are-disjoint';
import { serviceRangeHoldsServices } from './rules/network/tnc007-service-range-holds-services';
import { noKubeProxyBesideEbpf } from './rules/network/tnc008-no-kube-proxy-beside-ebpf';
import { ebpfKnowsApiAddress } from './rules/network/tnc009-ebpf-knows-api-address';
import { calicoUsesTheApiEndpoint } from './rules/network/tnc010-calico-uses-the-api-endpoint';
import { dnsServiceIsLeftToTheCache } from './rules/network/tnc011-dns-service-is-left-to-the-cache';
import { kubeletsNameADnsThatAnswers } from './rules/network/tnc012-kubelets-name-a-dns-that-answers';
import { calicoFindsNodeAddresses } from './rules/network/tnc013-calico-finds-node-addresses';
import { felixChainsComeFirst } from './rules/network/tnc014-felix-chains-come-first';
import { bpfMapsHoldTheCluster } from './rules/network/tnc015-bpf-maps-hold-the-cluster';
import { nodePortsFitTheRange } from './rules/network/tnc016-node-ports-fit-the-range';
import { noFullMeshOfNodes } from './rules/network/tnc017-no-full-mesh-of-nodes';
import { apiEndpointNeedsNoCluster } from './rules/network/tnc018-api-endpoint-needs-no-cluster';
import { ebpfCarriesNoIpip } from './rules/network/tnc019-ebpf-carries-no-ipip';
import { felixMetricsAreClosed } from './rules/network/tnc200-felix-metrics-are-closed';
import { bpfEnabledIsTheOperators } from './rules/network/tnc201-bpf-enabled-is-the-operators';
import { nodesFindAnAddressPool } from './rules/network/tnc202-nodes-find-an-address-pool';
import { closedNamespacesOpenTheirServices } from './rules/network/tnc203-closed-namespaces-open-their-services';
import { localVolumesBindLate } from './rules/storage/tnc160-local-volumes-bind-late';
import { oneDefaultClass } from './rules/storage/tnc161-one-default-class';
import { claimsHaveAClass } from './rules/storage/tnc162-claims-have-a-class';
import { deadNodesLeaveNoVolumes } from './rules/storage/tnc163-dead-nodes-leave-no-volumes';
import { volumesFollowTheirPods } from './rules/storage/tnc164-volumes-follow-their-pods';
import { volumesCanBeAttached } from './rules/storage/tnc165-volumes-can-be-attached';
import { localDataHaveReplicas } from './rules/storage/tnc166-local-data-have-replicas';
import { leftClaimsFreeTheirDisk } from './rules/storage/tnc167-left-claims-free-their-disk';
import { emptyDirsAreBounded } from './rules/storage/tnc168-empty-dirs-are-bounded';
import { hostPortsAreUnique } from './rules/workloads/tnc100-host-ports-are-unique';
import { agentsToleratePoolTaints } from './rules/workloads/tnc101-agents-tolerate-pool-taints';
import { agentsLeaveRoomForPods } from './rules/workloads/tnc102-agents-leave-room-for-pods';
import { agentRolloutsEndWithinADay } from './rules/workloads/tnc103-agent-rollouts-end-within-a-day';
import { noServiceOverEveryNode } from './rules/workloads/tnc104-no-service-over-every-node';
import { budgetsAllowADisruption } from './rules/workloads/tnc105-budgets-allow-a-disruption';
import { oneBudgetPerPod } from './rules/workloads/tnc106-one-budget-per-pod';
import { apiVersionsAreServed } from './rules/workloads/tnc107-api-versions-are-served';
import { hpaMaximumFitsThePools } from './rules/workloads/tnc108-hpa-maximum-fits-the-pools';
import { hpaMetricsAreServed } from './rules/workloads/tnc109-hpa-metrics-are-served';
import { hpaOwnsTheReplicas } from './rules/workloads/tnc110-hpa-owns-the-replicas';
import { imagesHaveAVersion } from './rules/workloads/tnc111-images-have-a-version';
import { noFrozenRegistry } from './rules/workloads/tnc112-no-frozen-registry';
import { objectsNameTheirNamespace } from './rules/workloads/tnc113-objects-name-their-namespace';
import { identitiesAreUnique } from './rules/workloads/tnc114-identities-are-unique';
import { configMapsFitEtcd } from './rules/workloads/tnc115-config-maps-fit-etcd';
import { noSecretsInTheOutput } from './rules/workloads/tnc116-no-secrets-in-the-output';
import { podsFitTheirNamespace } from './rules/workloads/tnc117-pods-fit-their-namespace';
import { containersHaveRequests } from './rules/workloads/tnc118-containers-have-requests';
import { serversSayWhenTheyAreReady } from './rules/workloads/tnc119-servers-say-when-they-are-ready';
import { tokensOnlyWhereUsed } from './rules/workloads/tnc120-tokens-only-where-used';
import { webhooksSpareKubeSystem } from './rules/workloads/tnc121-webhooks-spare-kube-system';
import { nobodyIsClusterAdmin } from './rules/workloads/tnc122-nobody-is-cluster-admin';
import { priorityClassesExist } from './rules/workloads/tnc123-priority-classes-exist';
import { selectorsMatchTheirTemplate } from './rules/workloads/tnc124-selectors-match-their-template';
import { tokensExpire } from './rules/workloads/tnc125-tokens-expire';
import { budgetsAllowTheLossOfAZone } from './rules/workloads/tnc126-budgets-allow-the-loss-of-a-zone';
import { serversHaveABudget } from './rules/workloads/tnc127-servers-have-a-budget';
import { replicasStandApart } from './rules/workloads/tnc128-replicas-stand-apart';
import { hpaMaximumFitsTheQuota } from './rules/workloads/tnc129-hpa-maximum-fits-the-quota';
import { agentsHaveAPriority } from './rules/workloads/tnc130-agents-have-a-priority';
import { webhooksAnswerSoon } from './rules/workloads/tnc131-webhooks-answer-soon';
import { webhooksLeaveHeartbeatsAlone } from './rules/workloads/tnc132-webhooks-leave-heartbeats-alone';
import { imagesComeFromOutside } from './rules/workloads/tnc133-images-come-from-outside';
import { imagesNameTheirRegistry } from './rules/workloads/tnc134-images-name-their-registry';
import { agentsStartWithoutTheRegistry } from './rules/workloads/tnc135-agents-start-without-the-registry';
import { finishedJobsGo } from './rules/workloads/tnc136-finished-jobs-go';
import { cronJobsDoNotPileUp } from './rules/workloads/tnc137-cron-jobs-do-not-pile-up';
import { hostNetworkPodsChooseTheirDns } from './rules/workloads/tnc138-host-network-pods-choose-their-dns';
import { hpasAreQuickEnough } from './rules/workloads/tnc139-hpas-are-quick-enough';
import { oneAutoscalerPerResource } from './rules/workloads/tnc140-one-autoscaler-per-resource';
import { largeServicesAreReadBySlices } from './rules/workloads/tnc141-large-services-are-read-by-slices';
import { rolesReadEndpointSlices } from './rules/workloads/tnc142-roles-read-endpoint-slices';
import { sharedFilesAreImmutable } from './rules/workloads/tnc143-shared-files-are-immutable';
import { metricsServerHasMemory } from './rules/workloads/tnc144-metrics-server-has-memory';
import { promotionsFindNodes } from './rules/workloads/tnc145-promotions-find-nodes';

/** All rules in the order of their ids. A number is never given twice, also not after its rule is gone. */
export const RULES: readonly Rule[] = [
  podRangeHoldsFinalBlocks,
  podRangeHasHeadroom,
  blocksServeMaxPods,
  machinesLieInNodeRange,
  serviceRangeIsOne,
  rangesAreDisjoint,
  serviceRangeHoldsServices,
  noKubeProxyBesideEbpf,
  ebpfKnowsApiAddress,
  calicoUsesTheApiEndpoint,
  dnsServiceIsLeftToTheCache,
  kubeletsNameADnsThatAnswers,
  calicoFindsNodeAddresses,
  felixChainsComeFirst,
  bpfMapsHoldTheCluster,
  nodePortsFitTheRange,
  noFullMeshOfNodes,
  apiEndpointNeedsNoCluster,
  ebpfCarriesNoIpip,
  quotaHoldsPlannedObjects,
  quotaHasHeadroom,
  etcdMemoryExceedsQuota,
  initialClusterEqualsMembers,
  etcdCertificatesNameMembers,
  ringSizeIsOdd,
  noZoneHoldsAQuorum,
  dataDiskMustBeMounted,
  etcdTimersFit,
  etcdSpeaksTls,
  livenessAsksTheMemberOnly,
  etcdChecksForCorruption,
  quotaStaysRestorable,
  ringsFitTheMemory,
  etcdKeepsItsMembersEqual,
  somebodySavesEtcd,
  apiServerCertificateNamesEndpoints,
  apiServerAsksTheRings,
  eventsHaveARing,
  seatsFollowCores,
  dearRequestsAreFew,
  agentsHaveAFlowSchema,
  controllersKeepUp,
  nodeGraceOutlastsADeadConnection,
  watchCacheSizesAreDynamic,
  requestsAreAuthorized,
  connectionsAreRebalanced,
  apiServerMayDrain,
  flagsExistInTheRelease,
  noDeprecatedFlags,
  featureGatesExist,
  controlPlaneFitsItsMachine,
  controlPlaneIsOneRelease,
  aggregatedApisCanAuthenticate,
  auditAndEncryptionAreOn,
  etcdIsAskedOverTls,
  externalEtcdStandsAlone,
  heartbeatsHaveSeats,
  evictionThresholdsAreComplete,
  reservationIsNoWaste,
  daemonsHaveAReservation,
  processesAreBounded,
  staticCpusAreWhole,
  staticMemoryAddsUp,
  kubeletsAreWithinSkew,
  kubeletFieldsAreKnown,
  podsPerCoreDoesNotLowerMaxPods,
  nodeStatusStaysRare,
  parallelPullsAreBounded,
  imagesAreCollectedBeforeEviction,
  podsStayInTheTestedEnvelope,
  kubeletsAskWhoIsThere,
  servingCertificatesAreApproved,
  gpuPoolsHaveADevicePlugin,
  gpuNodesAreKeptForCards,
  hostPortsAreUnique,
  agentsToleratePoolTaints,
  agentsLeaveRoomForPods,
  agentRolloutsEndWithinADay,
  noServiceOverEveryNode,
  budgetsAllowADisruption,
  oneBudgetPerPod,
  apiVersionsAreServed,
  hpaMaximumFitsThePools,
  hpaMetricsAreServed,
  hpaOwnsTheReplicas,
  imagesHaveAVersion,
  noFrozenRegistry,
  objectsNameTheirNamespace,
  identitiesAreUnique,
  configMapsFitEtcd,
  noSecretsInTheOutput,
  podsFitTheirNamespace,
  containersHaveRequests,
  serversSayWhenTheyAreReady,
  tokensOnlyWhereUsed,
  webhooksSpareKubeSystem,
  nobodyIsClusterAdmin,
  priorityClassesExist,
  selectorsMatchTheirTemplate,
  tokensExpire,
  budgetsAllowTheLossOfAZone,
  serversHaveABudget,
  replicasStandApart,
  hpaMaximumFitsTheQuota,
  agentsHaveAPriority,
  webhooksAnswerSoon,
  webhooksLeaveHeartbeatsAlone,
  imagesComeFromOutside,
  imagesNameTheirRegistry,
  agentsStartWithoutTheRegistry,
  finishedJobsGo,
  cronJobsDoNotPileUp,
  hostNetworkPodsChooseTheirDns,
  hpasAreQuickEnough,
  oneAutoscalerPerResource,
  largeServicesAreReadBySlices,
  rolesReadEndpointSlices,
  sharedFilesAreImmutable,
  metricsServerHasMemory,
  promotionsFindNodes,
  autoscalerStaysInTheAddressPlan,
  autoscalerReachesTheFinalSize,
  prioritiesAreReadable,
  localDataSurvivesScaleDown,
  localPoolsKeepTheirSize,
  autoscalerIsOfTheRelease,
  everyPoolHasAPriority,
  autoscalerHasMemory,
  gpuNodesWaitForTheirCards,
  startupTaintsAreSet,
  localVolumesBindLate,
  oneDefaultClass,
  claimsHaveAClass,
  deadNodesLeaveNoVolumes,
  volumesFollowTheirPods,
  volumesCanBeAttached,
  localDataHaveReplicas,
  leftClaimsFreeTheirDisk,
  emptyDirsAreBounded,
  targetLimitsHoldTheNodes,
  alertsWatchExistingJobs,
  discoveryReadsEndpointSlices,
  replicasDifferByLabel,
  scrapesEndBeforeTheNext,
  labelsAreChosen,
  thanosCompactsAlone,
  containerLogsAreParsedAsCri,
  endlessRetriesNeedADisk,
  logsTravelEncrypted,
  agentsAskTheirKubelet,
  agentsKnowWhereTheyWere,
  corednsWatchesNoPods,
  corednsNoticesALoop,
  corednsHasMemory,
  corednsMayFinish,
  dnsServesTheClusterDomain,
  externalNamesSkipTheSearchList,
  cachesKnowTheZonesOfCoreDns,
  felixMetricsAreClosed,
  bpfEnabledIsTheOperators,
  nodesFindAnAddressPool,
  closedNamespacesOpenTheirServices,
  growthComesInWaves,
];
