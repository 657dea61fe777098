package load

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/istio-lightstep/istio-lightstep/test/e2e/cluster"
)

// Usage is what containers take, by "namespace/pod/container".
type Usage map[string]Taken

// Taken is what one container takes.
type Taken struct {
	// CPU is the processor time since its start, in seconds, Memory its working
	// set in MiB.
	CPU, Memory float64
}

// summary is the part of the kubelet's answer at /stats/summary that is read.
type summary struct {
	Pods []struct {
		PodRef     struct{ Name, Namespace string }
		Containers []struct {
			Name   string
			CPU    struct{ UsageCoreNanoSeconds uint64 }
			Memory struct{ WorkingSetBytes uint64 }
		}
	}
}

const mebibyte = 1 << 20

// Use asks the kubelet of every node what its containers take.
func Use(ctx context.Context, c *cluster.Cluster) (Usage, error) {
	nodes, err := c.Kubernetes.CoreV1().Nodes().List(ctx, metav1.ListOptions{})
	if err != nil {
		return nil, fmt.Errorf("nodes: %w", err)
	}
	usage := Usage{}
	for _, node := range nodes.Items {
		text, err := c.Kubernetes.CoreV1().RESTClient().Get().Resource("nodes").Name(node.Name).SubResource("proxy").
			Suffix("stats/summary").DoRaw(ctx)
		if err != nil {
			return nil, fmt.Errorf("usage on node %s: %w", node.Name, err)
		}
		var s summary
		if err := json.Unmarshal(text, &s); err != nil {
			return nil, fmt.Errorf("usage on node %s: %w", node.Name, err)
		}
		for _, pod := range s.Pods {
			for _, one := range pod.Containers {
				usage[pod.PodRef.Namespace+"/"+pod.PodRef.Name+"/"+one.Name] = Taken{
					CPU:    float64(one.CPU.UsageCoreNanoSeconds) / float64(time.Second),
					Memory: float64(one.Memory.WorkingSetBytes) / mebibyte,
				}
			}
		}
	}
	return usage, nil
}

// CPU is the processor time between two looks of the containers that counts
// picks.
func CPU(before, after Usage, counts func(container string) bool) float64 {
	sum := 0.0
	for name, taken := range after {
		if counts(name) {
			sum += taken.CPU - before[name].CPU
		}
	}
	return sum
}

// Peak watches the highest memory of the containers that counts picks, until the
// function that it gives is called.
func Peak(ctx context.Context, c *cluster.Cluster, counts func(container string) bool) func() float64 {
	ctx, stop := context.WithCancel(ctx)
	var watching sync.WaitGroup
	peak := 0.0
	watching.Go(func() {
		tick := time.NewTicker(2 * time.Second)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
			}
			usage, err := Use(ctx, c)
			if err != nil {
				continue
			}
			for name, taken := range usage {
				if counts(name) {
					peak = max(peak, taken.Memory)
				}
			}
		}
	})
	return func() float64 {
		stop()
		watching.Wait()
		return peak
	}
}
