FROM scratch
RUN <<script.py
#!/usr/bin/env python3
print(1)
script.py
