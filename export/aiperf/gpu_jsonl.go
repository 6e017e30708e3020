package aiperf

import (
	"fmt"

	"tacho/engine/metric"
	"tacho/engine/telemetry"
)

// AppendGPU prints one line of gpu_telemetry_export.jsonl: a GPU at one moment.
func AppendGPU(dst []byte, g *telemetry.GPUSample) []byte {
	w := jsonWriter{buf: dst}
	w.open('{')
	w.int("gpu_index", int64(g.Index))
	w.str("gpu_uuid", g.UUID)
	w.str("gpu_model_name", g.Model)
	w.optStr("pci_bus_id", g.PCIBusID)
	w.optStr("device", g.Device)
	w.optStr("hostname", g.Host)
	w.optStr("namespace", g.Namespace)
	w.optStr("pod_name", g.Pod)
	w.str("platform", string(g.Platform))
	w.int("timestamp_ns", g.AtNS)
	w.str("telemetry_source_url", g.Source)
	w.key("telemetry_data")
	w.open('{')
	for f, v := range g.Values {
		w.optFloat(telemetry.Fields[f].Tag, v)
	}
	for _, x := range g.Extra {
		w.foreignKey(x.Tag)
		w.number(x.Value, true) // AIPerf has a whole number as the page writes it
	}
	w.close('}')
	w.close('}')
	return append(w.buf, '\n')
}

// DecodeGPU reads such a line.
func DecodeGPU(line []byte) (telemetry.GPUSample, error) {
	g := telemetry.NewGPUSample(telemetry.GPUID{}, "", 0)
	s := scanner{data: line}
	err := s.object(func(key string) (err error) {
		switch key {
		case "timestamp_ns":
			g.AtNS, err = s.int()
		case "telemetry_source_url", "dcgm_url": // the older name
			g.Source, err = s.optString()
		case "telemetry_data":
			err = decodeGPUData(&s, &g)
		default:
			err = decodeGPUID(&s, key, &g.GPUID)
		}
		if err != nil {
			return fmt.Errorf("%s: %w", key, err)
		}
		return nil
	})
	if err == nil {
		err = s.end()
	}
	if err != nil {
		return g, fmt.Errorf("gpu telemetry: %w", err)
	}
	return g, nil
}

// decodeGPUID reads a member that says which GPU it is, under its name in
// either file; others are passed over.
func decodeGPUID(s *scanner, key string, id *telemetry.GPUID) (err error) {
	switch key {
	case "gpu_index":
		err = intInto(s, &id.Index)
	case "gpu_uuid":
		id.UUID, err = s.optString()
	case "gpu_model_name", "gpu_name":
		id.Model, err = s.optString()
	case "pci_bus_id":
		id.PCIBusID, err = s.optString()
	case "device":
		id.Device, err = s.optString()
	case "hostname":
		id.Host, err = s.optString()
	case "namespace":
		id.Namespace, err = s.optString()
	case "pod_name":
		id.Pod, err = s.optString()
	case "platform":
		var p string
		p, err = s.optString()
		id.Platform = metric.Vendor(p)
	default:
		err = s.skip()
	}
	return err
}

func decodeGPUData(s *scanner, g *telemetry.GPUSample) error {
	return s.object(func(tag string) error {
		v, ok, err := s.float()
		if err != nil || !ok {
			return err
		}
		if f, known := telemetry.FieldByTag(tag); known {
			g.Values[f] = v
		} else {
			g.Extra = append(g.Extra, telemetry.ExtraValue{Tag: tag, Value: v})
		}
		return nil
	})
}
