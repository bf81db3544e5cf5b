"""What `bench_misheard` measures with: who speaks which sentences, the line they go over, the recogniser, and a resident who talks on."""
