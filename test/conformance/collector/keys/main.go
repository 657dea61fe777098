// Command keys prints, as JSON, the settings that parts of the collector have by
// their Go types: of each path, below grpc and http for the exporters of OTLP and
// below KIND/TYPE for another part, whether it is a string, a number, a boolean, a
// duration, or any. "*" stands for any key of a map, and "[]" for an item of a
// list.
package main

import (
	"encoding"
	"encoding/json"
	"fmt"
	"os"
	"reflect"
	"strings"
	"time"

	"github.com/open-telemetry/opentelemetry-collector-contrib/exporter/zipkinexporter"
	"github.com/open-telemetry/opentelemetry-collector-contrib/extension/oauth2clientauthextension"
	"github.com/open-telemetry/opentelemetry-collector-contrib/extension/sigv4authextension"
	"github.com/open-telemetry/opentelemetry-collector-contrib/processor/attributesprocessor"
	"github.com/open-telemetry/opentelemetry-collector-contrib/processor/resourceprocessor"
	"github.com/open-telemetry/opentelemetry-collector-contrib/receiver/zipkinreceiver"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/exporter/debugexporter"
	"go.opentelemetry.io/collector/exporter/otlpexporter"
	"go.opentelemetry.io/collector/exporter/otlphttpexporter"
	"go.opentelemetry.io/collector/processor/batchprocessor"
	"go.opentelemetry.io/collector/processor/memorylimiterprocessor"
)

func main() {
	keys := map[string]map[string]string{}
	for name, factory := range map[string]component.Factory{
		"grpc": otlpexporter.NewFactory(), "http": otlphttpexporter.NewFactory(),
		"exporters/debug": debugexporter.NewFactory(), "exporters/zipkin": zipkinexporter.NewFactory(),
		"extensions/oauth2client": oauth2clientauthextension.NewFactory(), "extensions/sigv4auth": sigv4authextension.NewFactory(),
		"processors/attributes": attributesprocessor.NewFactory(), "processors/batch": batchprocessor.NewFactory(),
		"processors/memory_limiter": memorylimiterprocessor.NewFactory(), "processors/resource": resourceprocessor.NewFactory(),
		"receivers/zipkin": zipkinreceiver.NewFactory(),
	} {
		keys[name] = map[string]string{}
		below(keys[name], "", reflect.TypeOf(factory.CreateDefaultConfig()))
	}
	if err := json.NewEncoder(os.Stdout).Encode(keys); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

var (
	duration = reflect.TypeFor[time.Duration]()
	text     = reflect.TypeFor[encoding.TextUnmarshaler]()
)

func below(keys map[string]string, path string, of reflect.Type) {
	for of.Kind() == reflect.Pointer {
		of = of.Elem()
	}
	switch {
	case of == duration:
		keys[path] = "duration"
	case of.Kind() == reflect.Interface:
		keys[path] = "any"
	case reflect.PointerTo(of).Implements(text):
		keys[path] = "string"
	case strings.HasPrefix(of.Name(), "Optional["):
		value, _ := of.FieldByName("value")
		keys[path+".enabled"] = "boolean"
		below(keys, path, value.Type)
	case of.Name() == "MapList": // a map, or a list of what it is made of
		keys[path+".*"] = "string"
		below(keys, path+".[]", of.Elem())
	case of.Kind() == reflect.Struct:
		fields(keys, path, of)
	case of.Kind() == reflect.Slice:
		below(keys, path+".[]", of.Elem())
	case of.Kind() == reflect.Map:
		below(keys, path+".*", of.Elem())
	case of.Kind() == reflect.String, of.Kind() == reflect.Bool:
		keys[path] = map[reflect.Kind]string{reflect.String: "string", reflect.Bool: "boolean"}[of.Kind()]
	default:
		keys[path] = "number"
	}
}

func fields(keys map[string]string, path string, of reflect.Type) {
	for i := range of.NumField() {
		field := of.Field(i)
		name, rest, _ := strings.Cut(field.Tag.Get("mapstructure"), ",")
		switch {
		case !field.IsExported():
		case strings.Contains(rest, "squash"):
			below(keys, path, field.Type)
		default:
			below(keys, strings.TrimPrefix(path+"."+name, "."), field.Type)
		}
	}
}
