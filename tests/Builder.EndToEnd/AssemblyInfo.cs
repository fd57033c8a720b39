// Each test starts programs that want both cores; two at a time keep them busy without starving one another's deadlines.
[assembly: Parallelization(MaxThreads = 2)]
