// Command bootstrap writes the bootstrap that a proxy of this release of Istio starts with, as its pilot-agent does, by
// Istio's own packages:
//
//	bootstrap ROLE FOLDER TEMPLATE [MESHCONFIG]
//
// ROLE is sidecar or router, FOLDER takes the bootstrap, envoy-rev0.json, and the files that the proxy reads beside it,
// TEMPLATE is Istio's envoy_bootstrap.json, and MESHCONFIG the mesh config file that gateways mount. PROXY_CONFIG and
// ISTIO_META_* are read from the environment, as in a pod. The bootstrap is decoded strictly, by the Envoy API of this
// release, and all of it is validated by that API's own rules before it is written.
package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"

	bootstrapv3 "github.com/envoyproxy/go-control-plane/envoy/config/bootstrap/v3"
	_ "github.com/envoyproxy/go-control-plane/envoy/config/trace/v3" // types that a bootstrap names
	_ "github.com/envoyproxy/go-control-plane/envoy/extensions/transport_sockets/tls/v3"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/known/anypb"
	"istio.io/istio/pilot/cmd/pilot-agent/config"
	"istio.io/istio/pilot/pkg/model"
	"istio.io/istio/pkg/bootstrap"
	"istio.io/istio/pkg/bootstrap/platform"
	_ "istio.io/istio/pkg/config/xds" // all of Envoy's filters
)

func main() {
	if err := write(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func write(args []string) error {
	if len(args) != 3 && len(args) != 4 {
		return fmt.Errorf("want ROLE FOLDER TEMPLATE [MESHCONFIG], got %q", args)
	}
	meshFile := ""
	if len(args) == 4 {
		meshFile = args[3]
	}
	role := &model.Proxy{Type: model.NodeType(args[0])}
	proxy, err := config.ConstructProxyConfig(meshFile, "istio-proxy", os.Getenv("PROXY_CONFIG"), 0, role)
	if err != nil {
		return err
	}
	proxy.ConfigPath = args[1]
	node, err := bootstrap.GetNodeMetaData(bootstrap.MetadataOptions{
		ID:          args[0] + "~192.0.2.7~plain.default~default.svc.cluster.local",
		Envs:        os.Environ(),
		Platform:    &platform.Unknown{},
		InstanceIPs: []string{"192.0.2.7"},
		ProxyConfig: proxy,
		ProvCert:    "/var/run/secrets/istio/root-cert.pem",
	})
	if err != nil {
		return err
	}
	var written bytes.Buffer
	if err := bootstrap.New(bootstrap.Config{Node: node}).WriteTo(args[2], &written); err != nil {
		return err
	}
	var decoded bootstrapv3.Bootstrap
	if err := protojson.Unmarshal(written.Bytes(), &decoded); err != nil {
		return fmt.Errorf("the bootstrap is not one of this Envoy: %w", err)
	}
	if err := validate(decoded.ProtoReflect()); err != nil {
		return err
	}
	text, err := protojson.Marshal(&decoded)
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(args[1], "envoy-rev0.json"), text, 0o600) // Istio logs to standard output
}

// validate runs the rules of a message, and those of the messages packed in it.
func validate(message protoreflect.Message) (err error) {
	if packed, ok := message.Interface().(*anypb.Any); ok {
		unpacked, err := packed.UnmarshalNew()
		if err != nil {
			return err
		}
		return validate(unpacked.ProtoReflect())
	}
	if rules, ok := message.Interface().(interface{ Validate() error }); ok {
		if err := rules.Validate(); err != nil {
			return err
		}
	}
	message.Range(func(field protoreflect.FieldDescriptor, value protoreflect.Value) bool {
		switch {
		case field.IsMap():
			if field.MapValue().Message() != nil {
				value.Map().Range(func(_ protoreflect.MapKey, entry protoreflect.Value) bool {
					err = validate(entry.Message())
					return err == nil
				})
			}
		case field.Message() == nil:
		case field.IsList():
			for i := 0; i < value.List().Len() && err == nil; i++ {
				err = validate(value.List().Get(i).Message())
			}
		default:
			err = validate(value.Message())
		}
		return err == nil
	})
	return err
}
