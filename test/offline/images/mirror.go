package images

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/google/go-containerregistry/pkg/name"
	"github.com/google/go-containerregistry/pkg/registry"
	"github.com/google/go-containerregistry/pkg/v1/remote"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
	"sigs.k8s.io/kind/pkg/cluster"
	"sigs.k8s.io/kind/pkg/cluster/nodes"
)

// Serve is a registry at address (host:port) that has archives under their
// official names, until ctx is done. Its blobs lie in folder. It writes a line
// for each image to progress once that can be pulled.
func Serve(ctx context.Context, address, folder string, archives []Archive, progress io.Writer) error {
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", address)
	if err != nil {
		return err
	}
	server := &http.Server{
		Handler:           registry.New(registry.WithBlobHandler(registry.NewDiskBlobHandler(folder)), registry.Logger(log.New(io.Discard, "", 0))),
		ReadHeaderTimeout: 10 * time.Second,
	}
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(listener) }()
	defer server.Close() //nolint:errcheck // nothing is written to it any more
	for _, archive := range archives {
		if err := push(ctx, listener.Addr().String(), archive); err != nil {
			return fmt.Errorf("image %s: %w", archive.Image.Name, err)
		}
		_, _ = fmt.Fprintf(progress, "%s is at http://%s\n", archive.Image.Name, listener.Addr())
	}
	select {
	case <-ctx.Done():
		return nil
	case err := <-ended:
		return err
	}
}

func push(ctx context.Context, host string, archive Archive) error {
	ref, err := archive.Image.at(host)
	if err != nil {
		return err
	}
	image, err := tarball.ImageFromPath(archive.Path, nil)
	if err != nil {
		return err
	}
	return remote.Write(ref, image, remote.WithContext(ctx))
}

// hostsFolder is where containerd looks for the mirrors of each registry.
const hostsFolder = "/etc/containerd/certs.d"

// hosts is containerd's hosts.toml for a mirror, a host:port over HTTP. It is the
// server too, so that what the mirror does not have is not asked for elsewhere.
func hosts(mirror string) string {
	return fmt.Sprintf("server = %[1]q\n\n[host.%[1]q]\n  capabilities = [\"pull\", \"resolve\"]\n", "http://"+mirror)
}

// PullInto has every node of the kind cluster of that name pull images, as it
// does for a pod. Mirror is the host:port that nodes reach a mirror of all
// registries at, over HTTP; empty leaves each image to its own registry. The
// node's own image is left out. It writes a line per image to progress.
func PullInto(ctx context.Context, clusterName, mirror string, images []Image, progress io.Writer) error {
	all, err := cluster.NewProvider(cluster.ProviderWithDocker()).ListInternalNodes(clusterName)
	if err != nil {
		return fmt.Errorf("nodes of cluster %s: %w", clusterName, err)
	}
	var failed []error
	for _, node := range all {
		for _, image := range images {
			if image.Build == nodeBuild {
				continue
			}
			start := time.Now()
			if err := pullInto(ctx, node, mirror, image); err != nil {
				failed = append(failed, fmt.Errorf("image %s into %s: %w", image.Name, node, err))
				continue
			}
			_, _ = fmt.Fprintf(progress, "%s: %s: pulled in %.1f s\n", node, image.Name, time.Since(start).Seconds())
		}
	}
	return errors.Join(failed...)
}

func pullInto(ctx context.Context, node nodes.Node, mirror string, image Image) error {
	if mirror != "" {
		ref, err := name.ParseReference(image.Name)
		if err != nil {
			return err
		}
		registryName := ref.Context().RegistryStr()
		if registryName == name.DefaultRegistry {
			registryName = "docker.io"
		}
		folder := hostsFolder + "/" + registryName
		write := node.CommandContext(ctx, "sh", "-c", `mkdir -p "$1" && cat >"$1/hosts.toml"`, "write", folder)
		if err := write.SetStdin(strings.NewReader(hosts(mirror))).Run(); err != nil {
			return err
		}
	}
	var told strings.Builder
	pull := node.CommandContext(ctx, "ctr", "--namespace", "k8s.io", "images", "pull", "--hosts-dir", hostsFolder, image.Name)
	if err := pull.SetStdout(io.Discard).SetStderr(&told).Run(); err != nil {
		return fmt.Errorf("%w: %s", err, strings.TrimSpace(told.String()))
	}
	return nil
}
