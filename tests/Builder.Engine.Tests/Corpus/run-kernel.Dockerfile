#: network=none
FROM corpus/base
RUN hostname > /name; umask >> /name; sed -n '/^CapEff/p' /proc/self/status >> /name
RUN ls /dev | grep -E '^(null|zero|full|random|urandom|tty|console|fd|stdin|stdout|stderr|shm|pts|mqueue|ptmx)$' | sort > /devices
RUN --network=none ls /sys/class/net > /interfaces
RUN mknod /null c 1 3 && mkfifo -m 600 /pipe && chmod 6711 /bin/busybox
