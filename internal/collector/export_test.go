package collector

import "time"

func init() { drainEvery = 20 * time.Millisecond }
