FROM corpus/base
RUN <<script
#!/bin/sh -e
echo $0 | sed 's/.*\///' | wc -l > /lines
cat > /by-script
script
