package main

import "context"

// member is one of a group whose members share a topic of four partitions.
type member interface {
	// state tells how many partitions it has now, and how many records it has consumed.
	state() (assigned, consumed int)
	// leave commits what it has consumed, and leaves the group.
	leave() error
}

// Shares is how many partitions of four each of two members had, and how many the first had after the second left.
type Shares struct {
	First  int `json:"first"`
	Second int `json:"second"`
	After  int `json:"after"`
	// How many records were consumed in all.
	Consumed int `json:"consumed"`
	// The sum of the committed offsets.
	Committed int64 `json:"committed"`
}

// shareTopic lets two members join, read, and leave one after the other. produce writes one record to each partition.
func shareTopic(ctx context.Context, join func() (member, error), produce func() error) (Shares, error) {
	var shares Shares
	first, err := join()
	if err != nil {
		return shares, err
	}
	second, err := join()
	if err != nil {
		return shares, err
	}
	states := func() (assigned, consumed [2]int) {
		assigned[0], consumed[0] = first.state()
		assigned[1], consumed[1] = second.state()
		return assigned, consumed
	}
	steps := []struct {
		what  string
		holds func() bool
		next  func() error
	}{
		{"both members have partitions", func() bool {
			assigned, _ := states()
			shares.First, shares.Second = assigned[0], assigned[1]
			return shares.First == 2 && shares.Second == 2
		}, produce},
		{"both have consumed", func() bool {
			_, consumed := states()
			return consumed == [2]int{2, 2}
		}, second.leave},
		{"the first has everything", func() bool {
			shares.After, _ = first.state()
			return shares.After == 4
		}, produce},
		{"the first has consumed everything", func() bool {
			_, consumed := states()
			shares.Consumed = consumed[0] + consumed[1]
			return shares.Consumed == 8
		}, first.leave},
	}
	for _, step := range steps {
		if err := waitUntil(ctx, step.what, step.holds); err != nil {
			return shares, err
		}
		if err := step.next(); err != nil {
			return shares, err
		}
	}
	return shares, nil
}
