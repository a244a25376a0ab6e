package main

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	cri "k8s.io/cri-api/pkg/apis/runtime/v1"
)

const patience = 60 * time.Second

type status struct {
	Version      string                                 `json:"version"`
	Conditions   map[string]string                      `json:"conditions"`
	Handlers     map[string]*cri.RuntimeHandlerFeatures `json:"handlers"`
	CgroupDriver string                                 `json:"cgroupDriver"`
	Config       json.RawMessage                        `json:"config"`
}

func printStatus(socket string) error {
	connection, err := dial(socket)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	runtime := cri.NewRuntimeServiceClient(connection)
	itself, err := runtime.Version(ctx, &cri.VersionRequest{})
	if err != nil {
		return err
	}
	answer, err := runtime.Status(ctx, &cri.StatusRequest{Verbose: true})
	if err != nil {
		return err
	}
	// What a kubelet asks before it decides which cgroup driver is right.
	driver, err := runtime.RuntimeConfig(ctx, &cri.RuntimeConfigRequest{})
	if err != nil {
		return err
	}
	found := status{
		Version:      itself.RuntimeVersion,
		Conditions:   map[string]string{},
		Handlers:     map[string]*cri.RuntimeHandlerFeatures{},
		CgroupDriver: driver.GetLinux().GetCgroupDriver().String(),
		Config:       json.RawMessage(answer.Info["config"]),
	}
	for _, condition := range answer.Status.Conditions {
		found.Conditions[condition.Type] = fmt.Sprintf("%t %s", condition.Status, condition.Message)
	}
	for _, handler := range answer.RuntimeHandlers {
		found.Handlers[handler.Name] = handler.Features
	}
	return output.Encode(found)
}

func pull(socket, image string) error {
	connection, err := dial(socket)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	pulled, err := cri.NewImageServiceClient(connection).PullImage(ctx, &cri.PullImageRequest{Image: &cri.ImageSpec{Image: image}})
	if err != nil {
		return err
	}
	return output.Encode(map[string]string{"image": pulled.ImageRef})
}

func dial(socket string) (*grpc.ClientConn, error) {
	return grpc.NewClient("unix://"+socket, grpc.WithTransportCredentials(insecure.NewCredentials()))
}
