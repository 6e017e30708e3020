package profiles

import (
	"errors"
	"fmt"
	"math"
)

// The checks below hold for one number. Their errors say the rule alone.

type numeric interface{ int | float64 }

func atLeast[T numeric](lo T) func(*T) error {
	return func(v *T) error {
		if !(*v >= lo) {
			return fmt.Errorf("must be at least %v", lo)
		}
		return nil
	}
}

func above[T numeric](lo T) func(*T) error {
	return func(v *T) error {
		if !(*v > lo) {
			return fmt.Errorf("must be above %v", lo)
		}
		return nil
	}
}

func atMost[T numeric](hi T) func(*T) error {
	return func(v *T) error {
		if !(*v <= hi) {
			return fmt.Errorf("must be at most %v", hi)
		}
		return nil
	}
}

func below[T numeric](hi T) func(*T) error {
	return func(v *T) error {
		if !(*v < hi) {
			return fmt.Errorf("must be below %v", hi)
		}
		return nil
	}
}

// finite is for settings that YAML could give as .inf or .nan.
func finite(v *float64) error {
	if math.IsNaN(*v) || math.IsInf(*v, 0) {
		return errors.New("must be a finite number")
	}
	return nil
}

func notNaN(v *float64) error {
	if math.IsNaN(*v) {
		return errors.New("must be a number")
	}
	return nil
}
