package migrate

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestOneCollectorByItsNames(t *testing.T) {
	known, err := loadTable()
	require.NoError(t, err)
	for names, wanted := range map[[2]string][2]bool{
		{"otel-collector", "otel-collector"}:                                      {true, true},
		{"otel-collector", "otel-collector-conf"}:                                 {true, true},
		{"opentelemetry-collector", "otel-collector-config"}:                      {true, true},
		{"otel-collector", "otel-config"}:                                         {true, false},
		{"otel", "otel-opentelemetry-collector-agent"}:                            {true, false},
		{"traces-collector-headless", "traces-collector"}:                         {true, false},
		{"traces-collector", "traces-collector-1a2b3c4d"}:                         {true, true},
		{"traces-collector", "traces-collector-5b7f9ck8bd"}:                       {true, true},
		{"shop-tempo", "shop-app-otel"}:                                           {false, false},
		{"shop-tempo", "shop-otel-collector"}:                                     {false, false},
		{"monitoring-collector", "monitoring-agent"}:                              {false, false},
		{"jaeger-collector", "otel-collector"}:                                    {false, false},
		{"tempo", "lightstep-collector"}:                                          {false, false},
		{"otel-collector-gateway", "otel-collector-agent"}:                        {false, false},
		{"collector", "config"}:                                                   {false, false},
		{"", ""}:                                                                  {false, false},
		{"prod-otel-collector.obs", "otel-collector"}:                             {false, false},
		{"shop-opentelemetry-collector", "shop-payments-opentelemetry-collector"}: {false, false},
	} {
		same, exactly := known.sameCollector(names[0], names[1])
		require.Equal(t, wanted, [2]bool{same, same && exactly}, "Service %s, ConfigMap %s", names[0], names[1])
	}
}
