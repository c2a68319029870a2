CREATE TABLE hr_departments(dept_code text primary key, dept_name text, location text, annual_budget int);
CREATE TABLE hr_employees(emp_id int primary key, first_name text, last_name text, email text, dept_code text references hr_departments(dept_code), hire_date text, termination_date text, employment_status text, annual_salary int, manager_id int references hr_employees(emp_id));
CREATE TABLE stg_payroll_export(LINE_NO int, EMPLOYEE_NO int, FULL_NAME text, COST_CENTER text, GROSS_PAY real, PAY_DATE text, CURRENCY text, IBAN text);
CREATE TABLE badge_access(BadgeNo text, EmpId int, BadgeStatus text, IssuedOn text, Site text);
CREATE TABLE hr_training(emp_id int references hr_employees(emp_id), course_name text, completed_on text, score int);
