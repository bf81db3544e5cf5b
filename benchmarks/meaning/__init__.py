"""What `bench_nlu` measures with: the test sentences, the peers, and how the weights of the judge were learnt."""
