// kubelet-managers-check gives KubeletConfiguration files to the constructors of the kubelet's CPU, memory and topology
// managers, together with the machine that they are meant for.
//
// Validation of the configuration cannot see whether reservations add up: the memory manager compares them when it is
// made, on the node, and a kubelet whose sum is off by a byte does not start.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"

	cadvisorapi "github.com/google/cadvisor/lib/model"
	v1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	"k8s.io/apimachinery/pkg/runtime/serializer"
	"k8s.io/component-base/version"
	"k8s.io/klog/v2"
	kubeletconfig "k8s.io/kubernetes/pkg/kubelet/apis/config"
	"k8s.io/kubernetes/pkg/kubelet/apis/config/scheme"
	"k8s.io/kubernetes/pkg/kubelet/cm/cpumanager"
	"k8s.io/kubernetes/pkg/kubelet/cm/memorymanager"
	"k8s.io/kubernetes/pkg/kubelet/cm/topologymanager"
	"k8s.io/kubernetes/pkg/kubelet/eviction"
	evictionapi "k8s.io/kubernetes/pkg/kubelet/eviction/api"
	"k8s.io/kubernetes/pkg/kubelet/kubeletconfig/util/codec"
	"k8s.io/utils/cpuset"
)

// machine says for which hardware a file is.
type machine struct {
	File            string `json:"file"`
	CPU             int    `json:"cpu"`
	ThreadsPerCore  int    `json:"threadsPerCore"`
	NumaNodes       int    `json:"numaNodes"`
	MemoryMebibytes uint64 `json:"memoryMebibytes"`
	// Whether the second thread of a core is numbered after all first ones, as Intel's firmware does.
	ThreadsApart bool `json:"threadsApart"`
}

type verdict struct {
	File  string `json:"file"`
	OK    bool   `json:"ok"`
	Error string `json:"error"`
}

func main() {
	if len(os.Args) == 2 && os.Args[1] == "--version" {
		fmt.Println("Kubernetes", version.Get().GitVersion)
		return
	}
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: kubelet-managers-check MACHINES.json | --version")
		os.Exit(2)
	}
	var machines []machine
	raw, err := os.ReadFile(os.Args[1])
	if err == nil {
		err = json.Unmarshal(raw, &machines)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
	lines := json.NewEncoder(os.Stdout)
	lines.SetEscapeHTML(false)
	code := 0
	for _, m := range machines {
		v := verdict{File: m.File, OK: true}
		if err := judge(m); err != nil {
			v.OK, v.Error, code = false, err.Error(), 1
		}
		if err := lines.Encode(v); err != nil {
			panic(err)
		}
	}
	os.Exit(code)
}

func judge(m machine) error {
	content, err := os.ReadFile(m.File)
	if err != nil {
		return err
	}
	_, codecs, err := scheme.NewSchemeAndCodecs(serializer.EnableStrict)
	if err != nil {
		return err
	}
	config, err := codec.DecodeKubeletConfiguration(context.Background(), codecs, content)
	if err != nil {
		return err
	}
	reserved, err := cpuset.Parse(config.ReservedSystemCPUs)
	if err != nil {
		return fmt.Errorf("reservedSystemCPUs: %w", err)
	}
	reservation, err := nodeAllocatableReservation(config, reserved, m.memory())
	if err != nil {
		return err
	}
	state, err := os.MkdirTemp("", "kubelet-managers-check")
	if err != nil {
		return err
	}
	defer os.RemoveAll(state)

	info := m.info()
	logger := klog.Background()
	topology, err := topologymanager.NewManager(logger, info.Topology, config.TopologyManagerPolicy, config.TopologyManagerScope, config.TopologyManagerPolicyOptions)
	if err != nil {
		return fmt.Errorf("topology manager: %w", err)
	}
	if _, err := cpumanager.NewManager(logger, config.CPUManagerPolicy, config.CPUManagerPolicyOptions, 0, info, reserved, reservation, state, topology); err != nil {
		return fmt.Errorf("CPU manager: %w", err)
	}
	if _, err := memorymanager.NewManager(logger, config.MemoryManagerPolicy, info, reservation, config.ReservedMemory, state, topology); err != nil {
		return fmt.Errorf("memory manager: %w", err)
	}
	return nil
}

// nodeAllocatableReservation adds up what pods cannot have, as the kubelet's container manager does before it makes the managers.
func nodeAllocatableReservation(config *kubeletconfig.KubeletConfiguration, reserved cpuset.CPUSet, memory resource.Quantity) (v1.ResourceList, error) {
	sums := v1.ResourceList{}
	add := func(name v1.ResourceName, quantity resource.Quantity) {
		sum := sums[name]
		sum.Add(quantity)
		sums[name] = sum
	}
	for _, reservation := range []map[string]string{config.KubeReserved, config.SystemReserved} {
		for _, name := range []v1.ResourceName{v1.ResourceCPU, v1.ResourceMemory} {
			text, ok := reservation[string(name)]
			if !ok {
				continue
			}
			quantity, err := resource.ParseQuantity(text)
			if err != nil {
				return nil, fmt.Errorf("%s %q: %w", name, text, err)
			}
			add(name, quantity)
		}
	}
	thresholds, err := eviction.ParseThresholdConfig([]string{}, config.EvictionHard, nil, nil, nil)
	if err != nil {
		return nil, err
	}
	for _, threshold := range thresholds {
		if threshold.Signal == evictionapi.SignalMemoryAvailable {
			add(v1.ResourceMemory, *evictionapi.GetThresholdQuantity(threshold.Value, &memory))
		}
	}
	// Their number takes the place of both CPU reservations.
	if reserved.Size() > 0 {
		sums[v1.ResourceCPU] = *resource.NewQuantity(int64(reserved.Size()), resource.DecimalSI)
	}
	return sums, nil
}

func (m machine) memory() resource.Quantity {
	return *resource.NewQuantity(int64(m.MemoryMebibytes<<20), resource.BinarySI)
}

// info is what cAdvisor would tell about such a machine: one socket for each NUMA node, memory shared out evenly.
func (m machine) info() *cadvisorapi.MachineInfo {
	memory := m.MemoryMebibytes << 20
	cores := m.CPU / m.ThreadsPerCore
	info := &cadvisorapi.MachineInfo{NumCores: m.CPU, NumPhysicalCores: cores, NumSockets: m.NumaNodes, MemoryCapacity: memory}
	for number := 0; number < m.NumaNodes; number++ {
		node := cadvisorapi.Node{Id: number, Memory: memory / uint64(m.NumaNodes)}
		for other := 0; other < m.NumaNodes; other++ {
			distance := uint64(20)
			if other == number {
				distance = 10
			}
			node.Distances = append(node.Distances, distance)
		}
		for core := number * cores / m.NumaNodes; core < (number+1)*cores/m.NumaNodes; core++ {
			threads := make([]int, m.ThreadsPerCore)
			for thread := range threads {
				if m.ThreadsApart {
					threads[thread] = core + thread*cores
				} else {
					threads[thread] = core*m.ThreadsPerCore + thread
				}
			}
			node.Cores = append(node.Cores, cadvisorapi.Core{Id: core, SocketID: number, Threads: threads})
		}
		info.Topology = append(info.Topology, node)
	}
	return info
}
